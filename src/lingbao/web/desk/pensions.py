"""Pensions in payment, for pages and API alike: runs as one sees and pays them, rises as they are entered, compared and applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lingbao.career.place import area_path
from lingbao.law.errors import InputError, MissingLaw
from lingbao.law.month import format_month, year_of
from lingbao.law.rules.resident import resident_basic_pension
from lingbao.law.store import Law
from lingbao.registry.benefits import heirs, payment, rises, settling, undoing
from lingbao.registry.benefits.figures import RiseFigures, RunFigures, rise_figures, run_figures
from lingbao.registry.benefits.figures import rises as all_rises
from lingbao.registry.errors import Conflict, Forbidden
from lingbao.registry.orders.tables import rows
from lingbao.registry.people.persons import masked
from lingbao.registry.session import SYSTEM, Actor, run_as
from lingbao.registry.transfers.money import fen
from lingbao.web.desk.jobs import ask
from lingbao.web.desk.models import Job
from lingbao.web.desk.queues import today

MOST_SHARE = 0.2  # of the own pension: more is a slip of the pen
MOST_AGE = 120 * 12  # months
FIRST_YEAR = 2000


def run_of(actor: Actor, number: int) -> RunFigures:
    """Return a run in figures.

    Raises
    ------
    NotFound
        If the actor may not see it.
    """
    if not run_as(actor, lambda: rows("SELECT 1 FROM benefit_run WHERE id = %s", [number])):
        raise payment.no_run(number)
    return run_as(SYSTEM, lambda: run_figures(number))


def run_before(run: RunFigures) -> dict[str, Any] | None:
    """Return payments and sum of the last run before a run's month, to compare with."""
    found = run_as(SYSTEM, lambda: rows(
        "SELECT r.month, sum(c.payments)::bigint, sum(c.fen)::bigint FROM benefit_run r JOIN benefit_chunk c ON c.run_id = r.id"
        " WHERE r.province = %s AND r.month < %s GROUP BY r.id, r.month ORDER BY r.month DESC, r.id DESC LIMIT 1", [run.province, run.month]))
    return {"month": format_month(found[0][0]), "payments": found[0][1], "fen": found[0][2]} if found else None


def start_payment(actor: Actor, number: int) -> Job:
    """Have an approved run paid in the background, or what is left of it.

    Raises
    ------
    NotFound
    Conflict
        If the run is not approved, or paid.
    """
    if run_of(actor, number).state != "approved":
        raise Conflict("benefit.not_approved", value=number, zh="这个批次尚未审批，或已发完。", en="This run is not approved, or all paid.")
    return ask(actor, "pay", number)


def provisional(actor: Actor) -> list[settling.Waiting]:
    """Return the provisional pensions of the actor's province, or of all, by place and month of the claim."""
    return settling.waiting(actor.province, today=today())


def start_settling(actor: Actor) -> Job:
    """Have every provisional pension of the actor's province settled in the background whose figures are out, or what is left of them.

    Raises
    ------
    Conflict
        If none can be settled yet.
    """
    if not any(each.ready for each in provisional(actor)):
        raise Conflict("benefit.nothing_to_settle", zh="现在没有可以结算的预发养老金：本年基数或上年记账利率还没有公布。",
                       en="No provisional pension can be settled yet: the year's base or last year's crediting rate is not out.")
    return ask(actor, "settle")


def heirs_waiting(actor: Actor) -> list[dict[str, Any]]:
    """Return the deaths of which the actor's province, or any, has still to pay heirs: person, name as lists show it, day, province, amount [fen]."""
    def work() -> list[dict[str, Any]]:
        found = heirs.waiting(actor.province)
        names = {each.id: each.name_masked for each in masked([person for person, *_ in found])}
        return [{"person": person, "name": names.get(person, ""), "died_on": day, "province": province, "fen": fen} for person, day, province, fen in found]

    return run_as(actor, work)


def undoings_waiting(actor: Actor) -> list[dict[str, Any]]:
    """Return the deaths of which the actor's province, or any, is asked to undo the registration: person, name as lists show it, day, province, why, by whom and when."""
    def work() -> list[dict[str, Any]]:
        found = undoing.waiting(actor.province)
        names = {each.id: each.name_masked for each in masked([each.person for each in found])}
        return [{"person": each.person, "name": names.get(each.person, ""), "died_on": each.died_on, "province": each.province,
                 "reason": each.reason, "asked_by": each.asked_by, "asked_at": each.asked_at} for each in found]

    return run_as(actor, work)


def rises_of(actor: Actor) -> list[RiseFigures]:
    """Return the rises of the actor's province, or of all, the newest first."""
    return run_as(SYSTEM, lambda: all_rises(actor.province))


def rise_of(actor: Actor, number: int) -> RiseFigures:
    """Return one rise.

    Raises
    ------
    NotFound
        If it is of another province.
    """
    found = run_as(SYSTEM, lambda: rise_figures(number))
    if actor.province is not None and actor.province != found.province:
        raise rises.no_rise(number)
    return found


def enter_rise(actor: Actor, key: str, *, scheme: str, from_month: int, document: str, source: str, fixed_fen: int, per_year_fen: int = 0,
               share: float = 0.0, tilts: Sequence[tuple[int, int]] = (), area: str | None = None) -> dict[str, Any]:
    """Enter a rise from its notice, in the actor's province.

    Parameters
    ----------
    from_month : int
        First month paid at the new amount; January in the employee scheme.
    document, source : str
        Number of the notice, and where it can be read.
    fixed_fen, per_year_fen : int
        For everyone, and for each year paid [fen/month].
    share : float
        Of the own pension [fraction].
    tilts : sequence of (int, int)
        Age in months, and amount [fen/month].
    area : str or None
        City, in the resident scheme.

    Raises
    ------
    InputError
        If something is missing or cannot be meant.
    Conflict
        If the rise is entered already.
    """
    year = year_of(from_month)
    if not FIRST_YEAR <= year <= today().year + 1:
        raise InputError("desk.rise_year", value=year, where="from_month", zh="请填写调整的年份，如 2026。", en="Give the year of the rise, such as 2026.")
    if not document:
        raise InputError("desk.rise_document", where="document", zh="请填写调整文件的文号。", en="Give the number of the notice.")
    if not source:
        raise InputError("desk.rise_source", where="source", zh="请填写文件的出处（网址或公报），审批人要核对。",
                         en="Say where the notice can be read (address or gazette); who approves compares it.")
    if not 0 <= share <= MOST_SHARE:
        raise InputError("desk.rise_share", value=100 * share, where="share", zh=f"百分比应在 0 到 {100 * MOST_SHARE:g} 之间，如 1.2。",
                         en=f"The share must be a percentage from 0 to {100 * MOST_SHARE:g}, such as 1.2.")
    if any(not 0 < age <= MOST_AGE for age, _ in tilts):
        raise InputError("desk.rise_age", where="age1", zh="高龄倾斜的年龄应在 1 到 120 周岁之间。", en="Ages must be from 1 to 120 years.")
    if fixed_fen == per_year_fen == 0 and share == 0 and not tilts:
        raise InputError("desk.rise_nothing", where="fixed", zh="各部分都是零，没有调整。", en="Every part is nought; nothing would rise.")
    return rises.enter(actor, key, rises.Rise(actor.province or "", year, document, fixed_fen, per_year_fen, share, list(tilts), scheme, from_month,
                                              area or None, source))


def refuse_rise(actor: Actor, key: str, number: int, *, reason: str) -> dict[str, Any]:
    """Refuse what was entered wrongly, as a supervisor, or take back what one entered.

    Raises
    ------
    NotFound
    Forbidden
        For a clerk who did not enter it.
    """
    if actor.role != "supervisor" and rise_of(actor, number).entered_by != actor.id:
        raise Forbidden("benefit.supervisor", value=actor.role, zh="别人录入的调整由审核人退回。", en="A supervisor refuses what someone else entered.")
    return rises.refuse(actor, key, number, reason=reason)


def start_rise(actor: Actor, number: int) -> Job:
    """Have an approved rise applied in the background, or what is left of it.

    Raises
    ------
    NotFound
    Conflict
        If it is not approved.
    """
    if rise_of(actor, number).approved_by is None:
        raise Conflict("benefit.state", value=number, zh="这项调整尚未审批。", en="This rise is not approved.")
    return ask(actor, "rise", number)


@dataclass(frozen=True)
class Recorded:
    """What the law store says of the resident basic pension around the start of a rise.

    Attributes
    ----------
    before_fen, after_fen : int
        Basic pension in the month before the start and at the start, never below the national minimum [fen/month].
    document : str
        Notice of the amount at the start, as far as it is on record.
    agrees : bool
        Whether the difference is the amount that was entered.
    """

    before_fen: int
    after_fen: int
    document: str
    agrees: bool


def recorded(rise: RiseFigures) -> Recorded | None:
    """Return what the law store says beside a resident rise, for who approves it; None where nothing is on record, or for employees."""
    if rise.scheme != "resident":
        return None
    law = Law.load()
    path = area_path(law, rise.province, "resident_basic", rise.area) or f"provinces.{rise.province}.resident_basic"
    amounts = []
    try:
        for month in (rise.from_month - 1, rise.from_month):
            local = law.look_up(path, month)
            amounts.append((local, fen(float(resident_basic_pension(float(local.value), law.number("national.resident.minimum_basic_pension", month))))))
    except MissingLaw:
        return None
    (_, before), (local, after) = amounts
    return Recorded(before, after, local.document or "", after - before == rise.fixed_fen)
