"""Who may open which page of the worker and of the laboratory: as `registry_matrix`, from the lists of addresses."""

from __future__ import annotations

from registry_matrix import EVERYBODY, NOBODY, WORKER, Row
from registry_world import Side

# The worker's pages, each found in the list of addresses: the worker gets his own, staff and keys nothing, visitors what is public.
OPEN_PAGES = ("sign-in/", "sign-up/", "sign-up/code/", "sign-up/password/", "reset/", "reset/code/", "reset/identity/", "reset/password/", "verify/")
OBJECTS = {"enrolled/<int:number>/": "membership", "transfers/<int:number>/": "transfer", "claims/<int:number>/": "claim", "subsidies/<int:number>/": "subsidy",
           "conversions/<int:number>/": "conversion", "exemptions/<int:number>/": "exemption", "complaints/<int:number>/": "matter", "corrections/<int:number>/": "correction",
           "bills/<int:number>/": "bill", "refunds/<int:number>/": "refund"}
# Of a worker who has no second step there is nothing here; nor do other objects that an address names stand in the small world.
NOTHING = ("security/totp/deactivate/", "security/recovery-codes/", "security/recovery-codes/download/")
PLACES = {"<int:account>": "1", "<int:entry>": "1", "<slug:day>": "2026-11-02", "<int:platform>": "1", "<str:number>": "T.1", "<slug:code>": "A" * 16,
          "<slug:number>": "P" + "0" * 24, "<slug:kind>": "none"}


def account_rows() -> tuple[Row, ...]:
    """One row for every address under ``/account/``, with a foreign object where one is named."""
    from lingbao.web.account.urls import MATTERS, urlpatterns

    found, first = [], {f"{each.name}/<slug:slug>/": each.questions[0].slug for each in MATTERS}
    for route in sorted({str(each.pattern) for each in urlpatterns} - {"sign-out/"}):  # which ends the session
        part = OBJECTS.get(route, "")
        nothing = route in NOTHING or ("<" in route and not part and route not in first)
        own = EVERYBODY if route in OPEN_PAGES else NOBODY if nothing else WORKER
        method = "POST" if route in ("data/consent/",) else "GET"

        def address(side: Side, route: str = route, part: str = part, slug: str = first.get(route, "")) -> str:
            for place, value in PLACES.items():
                route = route.replace(place, value)
            return "/account/" + route.replace("<int:number>", str(getattr(side, part or "plan"))).replace("<slug:slug>", slug)

        found.append(Row(method, f"account/{route}", own, NOBODY if part else None, address, {"purpose": "registry"} if method == "POST" else None))
    return tuple(found)


# What visitors use without signing in; a run has a key that nobody guesses, and the outbox is one of demonstrations alone.
KEY_OF_NO_RUN = "0" * 24
LAB_ROWS = tuple(Row(method, f"lab/{route}", own, None, lambda side, place=place: f"/lab/{place}") for method, route, own, place in (
    ("GET", "", EVERYBODY, ""), ("GET", "designs/", EVERYBODY, "designs/"), ("GET", "new/", EVERYBODY, "new/"), ("POST", "upload/", EVERYBODY, "upload/"),
    ("POST", "together/", EVERYBODY, "together/"), ("GET", "reform/<str:name>/", NOBODY, "reform/none/"),
    ("GET", "reform/<str:name>/file.yaml", NOBODY, "reform/none/file.yaml"), ("GET", "runs/", EVERYBODY, "runs/"), ("POST", "start/", EVERYBODY, "start/"),
    ("GET", "^run/(?P<key>[0-9a-f]{24})/$", NOBODY, f"run/{KEY_OF_NO_RUN}/"), ("POST", "^run/(?P<key>[0-9a-f]{24})/cancel/$", NOBODY, f"run/{KEY_OF_NO_RUN}/cancel/"),
    ("GET", r"^run/(?P<key>[0-9a-f]{24})/(?P<lang>zh|en)/(?P<size>narrow|wide)/(?P<kind>[a-z]+)\.svg$", NOBODY, f"run/{KEY_OF_NO_RUN}/zh/wide/fund.svg"),
    ("GET", r"^run/(?P<key>[0-9a-f]{24})/(?P<name>[a-z_]+)\.(?P<kind>csv|xlsx|parquet)$", NOBODY, f"run/{KEY_OF_NO_RUN}/fund.csv")))
