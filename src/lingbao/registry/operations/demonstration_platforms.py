"""Made-up platforms: agreements, workers, files of orders with faults, exempt workers, and money that has arrived for some."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from lingbao.registry.operations.demonstration import shares
from lingbao.registry.operations.demonstration_staff import asked, offices
from lingbao.registry.orders import sandbox
from lingbao.registry.orders.platforms import Agreement, agree, register_platform
from lingbao.registry.orders.settlement import due, settle
from lingbao.registry.orders.taking import take
from lingbao.registry.orders.workers import exempt, link_many

PROOF = "签约记录（示例）"
INSURANCE = "单位参保证明（示例）"
LONG = timedelta(days=365)


def make_platform(number: int, seed: int, today: date) -> int:
    """Make one of the platforms of ``demonstration.yaml``; return how many orders were taken from it.

    Parameters
    ----------
    number : int
        Its place in the list; every so many-th flexible worker works for it.
    seed : int
    today : date
    """
    rules = shares()["platforms"]
    said: Mapping[str, Any] = rules["list"][number]
    among = round(len(rules["list"]) / rules["members"])
    persons = [row[0] for row in asked(
        "SELECT person_id FROM enrolment_membership WHERE standing = 'flexible' AND until IS NULL AND person_id %% %s = %s ORDER BY person_id", among, number)]
    place = register_platform(said["code"], said["zh"], said["en"], said["province"])
    agree(place.id, Agreement(said["method"], said["number"], today - LONG, today + LONG, "代扣协议（示例）"))
    if not persons:
        return 0
    references = sandbox.references(len(persons))
    linked = max(1, int(len(persons) * rules["linked"]))
    link_many(place.id, dict(zip(references[:linked], persons, strict=False)), proof=PROOF)  # type: ignore[arg-type]
    approver = offices()[said["province"]].supervisor.id
    for person in persons[: int(linked * rules["exempt"])]:
        exempt(person, today - LONG, today + LONG, proof=INSURANCE, approved_by=approver)  # type: ignore[arg-type]
    taken = 0
    for count, ago in enumerate(rules["days_ago"]):
        taken += _day(place.id, len(persons), seed, today - timedelta(days=ago))
        if count + 1 == rules["settled"]:
            owed = due(place.id)
            if owed.amount_fen > 0:
                settle(place.id, f"{said['code']}-{count}", owed.amount_fen, today - timedelta(days=ago - 1))
    return taken


def _day(platform: int, workers: int, seed: int, day: date) -> int:
    """Send the files of a day, each with rows that are refused, repeated or cancelled, as files in life have."""
    rules, taken, first = shares()["platforms"], 0, 1
    orders = workers * rules["orders"]
    while first <= orders:
        count = min(rules["file"], orders - first + 1)
        some = min(count, 5)
        faults = sandbox.Faults(repeated=some, unknown_workers=some, bad_income=min(count, 2), refunds=some)
        table = sandbox.order_table(count, workers, day, seed=seed, first=first, faults=faults)
        declaration, content = sandbox.order_file(table, f"demonstration-{day}-{first}")
        taken += take(platform, declaration, content, today=day + timedelta(days=1)).posted
        first += count
    return taken
