"""A small registry for tests of the site: two provinces, two platforms, a member of each role, one object of each kind on both sides."""

from __future__ import annotations

import hashlib
import itertools
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1] / "registry"))

TODAY = date(2026, 11, 20)
_names = itertools.count(1)
UNTOUCHED = "web_untouched"
"""Copy of the site's database that no test writes to, see conftest.py."""


@dataclass
class Side:
    """What belongs to one province and its platform."""

    person: int = 0
    membership: int = 0
    transfer: int = 0
    claim: int = 0
    matter: int = 0
    correction: int = 0
    refund: int = 0
    bill: int = 0
    run: int = 0
    rise: int = 0
    subsidy: int = 0
    conversion: int = 0
    recovery: int = 0
    plan: int = 0
    statement: int = 0
    merge: int = 0
    double: int = 0
    platform: int = 0
    key: str = ""
    key_id: str = ""
    file: int = 0
    upload: str = ""
    event: int = 0
    webhook: int = 0
    spare_key: str = ""
    account: int = 0
    reset: int = 0
    live: int = 0
    receipt: int = 0
    exemption: int = 0
    exempt: int = 0


@dataclass
class World:
    """Both sides, and the actors: `clerk`, `supervisor` and `engineer` belong to `own`."""

    own: Side = field(default_factory=Side)
    foreign: Side = field(default_factory=Side)
    actors: dict[str, Any] = field(default_factory=dict)
    spare: int = 0

    def client(self, role: str, **options: Any) -> Any:
        """A browser signed in as a role; ``anonymous`` and ``key`` are not signed in."""
        from django.contrib.auth import get_user_model
        from django.test import Client

        browser = Client(headers={"host": "localhost"}, raise_request_exception=False, **options)
        if role not in ("anonymous", "key"):
            browser.force_login(get_user_model().objects.get(username=role))
            session = browser.session
            session["desk.begun"] = session["desk.seen"] = time.time()
            session.save()
        return browser

    def headers(self, role: str) -> dict[str, str]:
        """The key of the own platform for the role ``key``."""
        return {"authorization": f"Bearer {self.own.key}"} if role == "key" else {}


def open_file(browser: Any, person: int) -> None:
    """Open a person's file as one does at the counter, with a purpose."""
    assert browser.post(f"/desk/persons/{person}/opening/", {"purpose": "counter"}).status_code == 302


def use_clone() -> str:
    """Clone the site's database as it was after its migration and point this process to the clone."""
    from conftest_database import use
    from django.db import connection

    name = f"web_registry_{next(_names)}"
    use("template1")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {UNTOUCHED}")
    use(name)
    return name


def leave_clone(name: str) -> None:
    """Point this process back and drop the clone."""
    from conftest_database import use
    from django.db import connection

    use("postgres")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def filled() -> Iterator[World]:
    """A filled registry in a clone of its own, gone afterwards."""
    name = use_clone()
    try:
        yield build()
    finally:
        leave_clone(name)


def build() -> World:
    """Fill an empty registry."""
    from django.contrib.auth import get_user_model
    from made_up import as_owner, registered

    from lingbao.registry.people.actor_events import note
    from lingbao.registry.people.actors import Agency, actor_numbered, appoint, open_agency
    from lingbao.registry.session import SYSTEM, acting_as

    world = World()
    sides = {"36": world.own, "44": world.foreign}
    clerks: dict[str, Any] = {}
    with acting_as(SYSTEM):
        agencies = {"36": open_agency(Agency("360100", "36", "南昌市社会保险经办机构", "Nanchang")),
                    "44": open_agency(Agency("440300", "44", "深圳市社会保险经办机构", "Shenzhen"))}
        for province in sides:
            clerks[province] = actor_numbered(appoint("clerk", "甲", agency=agencies[province]), purpose="窗口办理")
    for serial, (province, side) in enumerate(sides.items(), 1):
        side.person = registered(clerks[province], serial, name=f"赵{serial}", province=province)
        _platform(side, province)
        _cases(side, province, clerks[province], as_owner)
    limits = {"worker": {"person": world.own.person}, "clerk": {"agency": agencies["36"]}, "supervisor": {"agency": agencies["36"]},
              "coordinator": {}, "auditor": {}, "administrator": {}, "engineer": {"platform": world.own.platform}}
    with acting_as(SYSTEM):
        for name, limit in limits.items():
            role = "platform" if name == "engineer" else name
            world.actors[name] = actor_numbered(appoint(role, name, login=name, **limit), purpose="窗口办理")
        world.spare = appoint("clerk", "spare", login="spare", agency=agencies["36"])
    with acting_as(world.actors["administrator"]):
        world.own.account = world.spare
        world.own.reset = note(world.actors["administrator"], world.spare, "authenticator_asked", reason="手机遗失")
    for name in limits:
        get_user_model().objects.create_user(username=name, password="correct horse battery")
    return world


def _platform(side: Side, province: str) -> None:
    from lingbao.registry.orders import platforms, sandbox, taking, uploads, webhooks
    from lingbao.registry.orders.tables import row
    from lingbao.registry.session import SYSTEM, run_as

    place = platforms.register_platform(f"shop-{province}", "外卖平台", "meal platform", province, sandbox=True)
    platforms.agree(place.id, platforms.Agreement("income", 0.05, date(2026, 1, 1), date(2026, 12, 31), "协议（测试）"))
    webhooks.subscribe(place.id, "https://example.org/hook")
    key = platforms.issue_key(place.id)
    side.platform, side.key, side.key_id, side.spare_key = place.id, key.text, key.key_id, platforms.issue_key(place.id).key_id
    table = sandbox.order_table(20, 4, date(2026, 11, 1), seed=int(province), faults=sandbox.Faults(bad_income=2))
    said, content = sandbox.order_file(table, "first")
    side.file = taking.take(place.id, said, content, today=TODAY).file
    said, content = sandbox.order_file(table.head(5), f"going-{province}")
    uploads.begin(place.id, said, sha256=hashlib.sha256(content).digest(), parts=2)
    side.upload = said.key
    side.event, side.webhook = (run_as(SYSTEM, lambda table=table: row(f"SELECT max(id) FROM {table} WHERE platform_id = %s", [place.id]))[0]  # type: ignore[index,misc]
                                for table in ("orders_event", "orders_webhook"))


def _cases(side: Side, province: str, clerk: Any, as_owner: Any) -> None:
    from made_up import registered

    from lingbao.law.month import month
    from lingbao.law.store import Law
    from lingbao.registry.disputes.services import lodge
    from lingbao.registry.enrolment.choice import Choice
    from lingbao.registry.enrolment.membership import join
    from lingbao.registry.people.rights import ask_correction
    from lingbao.registry.session import acting_as
    from lingbao.registry.transfers.services import Applicant, apply

    with acting_as(clerk):
        side.membership = join(clerk, Law.load(), side.person, standing="flexible", province=province, since=month(2026, 10), choice=Choice("floor"))
    side.transfer = apply(clerk, f"t{province}", Applicant(side.person, "male", month(1980, 1), province), from_province="33", to_province=province, today=TODAY)["case"]
    side.claim = as_owner("INSERT INTO benefit_claim (person_id, province, claim_month, facts, applied_on, due, due_provisional, prepared_by)"
                          " VALUES (%s, %s, %s, '{}', %s, %s, false, 0) RETURNING id", [side.person, province, month(2026, 12), TODAY, TODAY])[0][0]
    side.matter = lodge(clerk, f"m{province}", side.person, "complaint", "等了三个月", province=province, today=TODAY)["matter"]
    # The own worker has an account of his own later, so the correction is asked by a clerk's hand here.
    with acting_as(clerk):
        side.correction = ask_correction(clerk, side.person, "phone", "13800000001", reason="换号")
    side.refund = as_owner("INSERT INTO collection_refund_proposal (person_id, province, channel, amount_fen, reason, proposed_by)"
                           " VALUES (%s, %s, 'bank', 100, '多缴', 0) RETURNING id", [side.person, province])[0][0]
    side.bill = as_owner("INSERT INTO collection_bill (membership_id, person_id, province, kind, due_on, provisional, law_hash, made_by)"
                         " VALUES (%s, %s, %s, 'contribution', '2000-01-31', false, 'law', 0) RETURNING id", [side.membership, side.person, province])[0][0]
    as_owner("INSERT INTO collection_part (bill_id, person_id, month, base_fen, amount_fen, account_fen, pooled_fen, dropped)"
             " VALUES (%s, %s, 24000, 100, 20, 8, 12, '撤销')", [side.bill, side.person])
    side.run = as_owner("INSERT INTO benefit_run (province, from_month, month, prepared_by) VALUES (%s, %s, %s, 0) RETURNING id",
                        [province, month(2026, 11), month(2026, 11)])[0][0]
    side.rise = as_owner("INSERT INTO benefit_adjustment (province, year, from_month, document, fixed_fen, per_year_fen, share, entered_by)"
                         " VALUES (%s, 2025, %s, '测试〔2025〕1号', 3000, 100, 0.01, 0) RETURNING id", [province, month(2025, 1)])[0][0]
    side.statement = as_owner("INSERT INTO bank_statement (province, channel, sha256, lines, repeated, refused, uploaded_by)"
                              " VALUES (%s, 'bank', '', 0, 0, 0, 0) RETURNING id", [province])[0][0]
    side.double = registered(clerk, 100 + side.person, name="钱一", province=province)
    side.merge = as_owner("INSERT INTO people_merge_proposal (kept_id, other_id, reason, proposed_by) VALUES (%s, %s, '测试', 0) RETURNING id",
                          [side.person, side.double])[0][0]
    _requests(side, province, as_owner)
    _live(side, province, as_owner)


def _live(side: Side, province: str, as_owner: Any) -> None:
    """A platform whose money counts with a transfer entered, a request to have nothing withheld, and such days approved."""
    from lingbao.registry.keys import seal

    def number(text: str, *values: Any) -> int:
        return int(as_owner(f"{text} RETURNING id", list(values))[0][0])

    side.live = number("INSERT INTO orders_platform (code, name_zh, name_en, province) VALUES (%s, '跑腿平台', 'errand platform', %s)", f"live-{province}", province)
    side.receipt = number("INSERT INTO orders_receipt (platform_id, reference, amount_fen, received_on, last_file, entered_by) VALUES (%s, 'bank-1', 100, %s, %s, 0)",
                          side.live, TODAY, side.file)
    side.exemption = number("INSERT INTO orders_exemption_request (person_id, province, since, until, about, words, asked_on, asked_by)"
                            " VALUES (%s, %s, %s, %s, %s, %s, %s, 0)", side.person, province, TODAY, date(2030, 12, 31), f"exemption {province}",
                            seal("参保证明", f"exemption {province}"), TODAY)
    side.exempt = number("INSERT INTO orders_exemption (person_id, since, until, proof, approved_by) VALUES (%s, %s, %s, '参保证明', 0)",
                         side.person, date(2026, 1, 1), date(2026, 1, 31))


def _requests(side: Side, province: str, as_owner: Any) -> None:
    """A subsidy and a move asked for, a pension paid too much and one with a plan."""
    from lingbao.registry.keys import seal

    def number(text: str, *values: Any) -> int:
        return int(as_owner(f"{text} RETURNING id", list(values))[0][0])

    side.subsidy = number("INSERT INTO collection_subsidy_request (person_id, province, programme, payer_kind, payer_id, stated, about, words, asked_on)"
                          " VALUES (%s, %s, 'graduate', 'province', %s, '{}', %s, %s, %s)", side.person, province, int(province), f"request {province}",
                          seal("毕业证书", f"request {province}"), TODAY)
    side.conversion = number("INSERT INTO transfer_conversion (person_id, province, direction, applied_on, due, due_provisional, law_hash)"
                             " VALUES (%s, %s, 'to_resident', %s, %s, false, 'law')", side.person, province, TODAY, TODAY)
    for name, person in (("recovery", side.person + 10_000), ("plan", side.person + 20_000)):
        claim = number("INSERT INTO benefit_claim (person_id, province, claim_month, facts, applied_on, due, due_provisional, prepared_by, state, first_payment,"
                       " months, awarded_fen, pension_fen, account_pension_fen, account_start_fen, granted_by, granted_at)"
                       " VALUES (%s, %s, 24300, '{}', %s, %s, false, 0, 'final', 24301, 180, 1000, 1000, 0, 0, 0, clock_timestamp())", person, province, TODAY, TODAY)
        side.recovery = number("INSERT INTO benefit_recovery (claim_id, cause, fen) VALUES (%s, 'final', 100)", claim) if name == "recovery" else side.recovery
        if name == "plan":
            owed = number("INSERT INTO benefit_recovery (claim_id, cause, fen) VALUES (%s, 'final', 100)", claim)
            side.plan = number("INSERT INTO benefit_set_off_plan (recovery_id, claim_id, monthly_fen, from_month, said, proposed_by, proposed_on)"
                               " VALUES (%s, %s, 10, 24310, '约定', 0, %s)", owed, claim, TODAY)
