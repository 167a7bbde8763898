"""Linking a platform's reference to a person who signed: both number and name must be right, and the answer tells nothing more."""

from __future__ import annotations

from lingbao.registry.calendar.clock import china_day
from lingbao.registry.errors import NotFound
from lingbao.registry.orders import workers
from lingbao.registry.orders.clock import now
from lingbao.registry.people.identity import read_identity_number
from lingbao.registry.people.persons import find, read
from lingbao.registry.session import SYSTEM, run_as


def link(platform: int, reference: str, identity_number: str, name: str, *, proof: str) -> int:
    """Link a reference and return what moved to the worker [fen].

    Raises
    ------
    InputError
        If the number cannot be one.
    NotFound
        If nobody of this number and name is on record: the two cases are not told apart, so that no platform can ask
        who is.
    Conflict
        If the reference is linked already.
    """
    number = read_identity_number(identity_number, today=china_day(now()))

    def matching() -> int | None:
        person = find(number, purpose="平台签约核对 · sign-on at a platform")
        if person is None:
            return None
        on_record = read([person], ["name"], purpose="平台签约核对 · sign-on at a platform")[person]["name"]
        return person if on_record == " ".join(name.split()) else None

    person = run_as(SYSTEM, matching)
    if person is None:
        raise NotFound("orders.no_person", zh="没有与此身份证号和姓名同时相符的参保人，未关联。请与本人核对，或请其先登记。",
                       en="Nobody on record has both this number and this name; nothing was linked. Check with the worker, who may have to register first.")
    return workers.link(platform, reference, person, proof=proof)
