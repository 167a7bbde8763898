"""What a form on the pages of workers, of platforms and of the public does, an operation does; the desk's are held to it in test_desk_api.py."""

from __future__ import annotations

import inspect
from typing import Any

from registry_matrix import API, PAGE_ROWS
from registry_operations import API_ROWS

# Matters by name, each sent from its check page; then single forms. What stands below ``/me`` begins with it.
MATTERS = {
    "identity": ("POST /me/identity",), "enrol": ("POST /me/enrolments",), "change": ("POST /me/enrolments/choice",), "pay": ("POST /me/payments",),
    "pause": ("POST /me/enrolments/pause",), "leave": ("POST /me/enrolments/leave",), "transfer": ("POST /me/transfers",), "claim": ("POST /me/claims",),
    "complain": ("POST /me/complaints",), "correct": ("POST /me/corrections",), "catch-up": ("POST /me/missed",), "buy-years": ("POST /me/missing-years",),
    "subsidy": ("POST /me/subsidies",), "convert": ("POST /me/conversions",), "resident-claim": ("POST /me/resident-claims",), "appeal": ("POST /me/appeals",),
    "refund": ("POST /me/refunds",), "exempt": ("POST /me/exemptions",), "first-job": ("POST /me/questions/first-job",),
    "why-stopped": ("POST /me/questions/why-stopped",),
}
FORMS = {
    "account/sign-in/": ("POST /session",), "account/security/second-step/": ("POST /session/code",), "account/sign-out/": ("DELETE /session",),
    "account/sign-up/": ("POST /sign-up",), "account/sign-up/code/": ("POST /sign-up/code",), "account/sign-up/password/": ("POST /sign-up/password",),
    "account/reset/": ("POST /password-reset",), "account/reset/code/": ("POST /password-reset/code",),
    "account/reset/identity/": ("POST /password-reset/identity",), "account/reset/password/": ("POST /password-reset/password",),
    "account/phone/": ("POST /telephone",), "account/phone/code/": ("POST /telephone/code",), "account/password/": ("PUT /password",),
    "account/security/everywhere/": ("DELETE /sessions",), "account/data/consent/": ("PUT /me/consents/{purpose}",),
    "account/bills/": ("POST /me/bills",), "account/bills/<int:number>/": ("POST /me/bills/{number}/withdrawal",),
    "account/go-on/": ("POST /me/enrolments/return",), "account/certificates/": ("POST /me/certificates",),
    "account/certificates/<slug:code>/": ("POST /me/certificates/{code}/revocation",), "account/transfers/<int:number>/": ("POST /me/transfers/{number}/steps",),
    "account/refunds/<int:number>/": ("POST /me/refunds/{number}/withdrawal",),
    "account/exemptions/": ("POST /me/exemptions/{number}/end",), "account/exemptions/<int:number>/": ("POST /me/exemptions/{number}/withdrawal",),
    "account/subsidies/<int:number>/": ("POST /me/subsidies/{number}/withdrawal",), "account/complaints/<int:number>/": ("POST /me/complaints/{number}/steps",),
    "platform/keys/": ("POST /platform/keys", "DELETE /platform/keys/{key_id}"),
    "platform/refunds/": ("POST /workers/{reference}/refund",),
    "platform/webhooks/": ("POST /webhooks", "DELETE /webhooks/{number}", "POST /events/{number}/replay"),
    "fund/check/": ("POST /proofs",),
}
# A second factor is set up, looked at and given up by a person before a screen, with the password once more: whoever holds an app's token
# alone must be able to do none of it.
ON_PAGES_ALONE = {f"account/{each}/" for each in (
    "confirm", "security/confirm", "security/totp/activate", "security/totp/deactivate", "security/recovery-codes/generate")}
OFFERED = {f"{row.method} {row.route.removeprefix(API)}" for row in API_ROWS}


def _takes_forms(callback: Any) -> bool:
    """Whether a view does something with a form: a page that says so, or a page of allauth that is made of one."""
    kind = getattr(callback, "view_class", None) or getattr(inspect.unwrap(callback), "view_class", None)
    if kind is not None:
        return hasattr(kind, "form_valid") or kind.__name__ == "LogoutView"
    written = inspect.getsource(inspect.unwrap(callback))
    return "POST" in written or "steps.ask" in written


def forms() -> set[str]:
    from lingbao.web.account.urls import MATTERS as matters
    from lingbao.web.account.urls import urlpatterns

    steps = {f"{each.name}/<slug:slug>/" for each in matters} | {f"{each.name}/{part}" for each in matters for part in ("", "check/")}
    single = {f"account/{each.pattern}" for each in urlpatterns if str(each.pattern) not in steps and _takes_forms(each.callback)}
    return single | {f"account/{each.name}/check/" for each in matters} | {
        row.route for row in PAGE_ROWS if row.method == "POST" and row.route.startswith(("platform/", "fund/"))}


def test_every_form_of_workers_platforms_and_the_public_has_its_operation() -> None:
    named = {**FORMS, **{f"account/{name}/check/": operations for name, operations in MATTERS.items()}}
    assert forms() == set(named) | ON_PAGES_ALONE
    assert {each for operations in named.values() for each in operations} - OFFERED == set()


def test_every_download_of_the_fund_has_its_operation() -> None:
    from lingbao.web.api import api
    from lingbao.web.fund.published import NAMES

    downloads = {row.route.removeprefix("fund/").removesuffix(".csv") for row in PAGE_ROWS if row.route.startswith("fund/") and row.route.endswith(".csv")}
    name, = api.get_openapi_schema()["paths"][f"{API}/fund/{{name}}"]["get"]["parameters"]
    assert downloads == set(NAMES) == set(name["schema"]["enum"])
