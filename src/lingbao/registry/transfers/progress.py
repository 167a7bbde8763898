"""Where a transfer stands: its state, its legal periods, and the state after one more step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from lingbao.law.errors import InputError, MissingLaw
from lingbao.law.month import format_month, month
from lingbao.law.store import Law
from lingbao.registry.calendar import Deadline, Holidays, not_before, working_days
from lingbao.registry.transfers.machine import (
    ENDED,
    STEP_PERIOD,
    TOTAL_PERIOD,
    TRANSITIONS,
    Party,
    State,
    Transition,
)


@dataclass(frozen=True)
class Progress:
    """A transfer at one moment.

    Attributes
    ----------
    state : State
    step_due : Deadline or None
        Last day of the running step; None where the law sets none or the case has ended.
    old_place_due : Deadline or None
        Last day of the old place's step, kept for the case that the money comes back.
    total_due : Deadline
        Last day of the whole transfer.
    total_confidence : str
        How sure the length of the whole period is (``high``, ``medium``, ``low``).
    last_day : date
        Day of the last step.
    escalated : bool
        Whether the coordinating body has it.
    steps : int
        Steps taken so far.
    """

    state: State
    step_due: Deadline | None
    old_place_due: Deadline | None
    total_due: Deadline
    total_confidence: str
    last_day: date
    escalated: bool = False
    steps: int = 1

    @property
    def ended(self) -> bool:
        """Whether no step is left."""
        return self.state in ENDED

    def overdue(self, today: date) -> bool:
        """Whether the running step or the whole transfer is late."""
        return not self.ended and (self.total_due.overdue(today) or (self.step_due is not None and self.step_due.overdue(today)))


def opened(law: Law, day: date, holidays: Holidays | None = None) -> Progress:
    """Return a transfer on the day of the application.

    Raises
    ------
    MissingLaw
        If the law of that day knows no period.
    """
    step, _ = _period(law, STEP_PERIOD, day)
    total, confidence = _period(law, TOTAL_PERIOD, day)
    return Progress("applied", working_days(day, step, holidays), None, working_days(day, total, holidays), confidence, day)


def after(progress: Progress, action: str, by: Party, today: date, law: Law, *, reason: str = "",
          days: int | None = None, holidays: Holidays | None = None) -> tuple[Progress, Transition]:
    """Take one step.

    Parameters
    ----------
    progress : Progress
    action : str
        A step of :data:`lingbao.registry.transfers.machine.TRANSITIONS`.
    by : Party
    today : date
        Day of the step; a clock set back counts as the day of the step before.
    law : Law
    reason : str
        Why, where the step needs a reason.
    days : int, optional
        Working days that the coordinating body sets.

    Returns
    -------
    (Progress, Transition)
        The transfer after the step, and the step with what is to be booked.

    Raises
    ------
    InputError
        If the step does not exist, is not open in this state or to this party, lacks its reason, or comes too early.
    """
    step = TRANSITIONS.get(action)
    if step is None or not step.sources:
        raise InputError("transfer.action", value=action, zh=f"没有“{action}”这一步骤。", en=f"There is no step '{action}'.")
    if progress.state not in step.sources:
        raise InputError("transfer.state", value=progress.state,
                         zh=f"当前状态为“{progress.state}”，不能办理“{step.zh}”；此步骤适用于：{'、'.join(step.sources)}。",
                         en=f"In state '{progress.state}' the step '{action}' cannot be taken; it is open in: {', '.join(step.sources)}.")
    if by not in step.by:
        raise InputError("transfer.party", value=by, zh=f"“{step.zh}”不由{by}办理，应由：{'、'.join(step.by)}。",
                         en=f"The step '{action}' is not for {by}; it is for: {', '.join(step.by)}.")
    if step.reason and not reason.strip():
        raise InputError("transfer.reason", zh=f"“{step.zh}”必须写明理由。", en=f"The step '{action}' needs a reason in writing.")
    day = not_before(today, progress.last_day)
    if step.only_overdue and not progress.overdue(day):
        raise InputError("transfer.in_time", value=day.isoformat(), zh=f"到 {day} 为止仍在法定期限内，尚不能提请督办。",
                         en=f"On {day} the legal periods are still running; it cannot be taken further yet.")
    return _moved(progress, step, day, law, days, holidays), step


def _moved(progress: Progress, step: Transition, day: date, law: Law, days: int | None, holidays: Holidays | None) -> Progress:
    """Return the state and the periods after a step."""
    due = progress.step_due
    if step.clock == "step":
        due = working_days(day, _period(law, STEP_PERIOD, day)[0], holidays)
    elif step.clock in ("pause", "stop"):
        due = None
    elif step.clock == "back_to_old_place":
        due = progress.old_place_due
    elif step.clock == "as_directed":
        if days is None:
            raise InputError("transfer.days", zh="请写明限期的工作日数。", en="Say within how many working days.")
        due = working_days(day, days, holidays)
    state = step.target or progress.state
    old = due if step.action == "send_letter" else progress.old_place_due
    return replace(progress, state=state, step_due=due, old_place_due=old, last_day=day, steps=progress.steps + 1,
                   escalated=progress.escalated or step.action == "escalate")


def _period(law: Law, path: str, day: date) -> tuple[int, str]:
    """Return the working days of a period and how sure they are."""
    on = month(day.year, day.month)
    value = law.look_up(path, on)
    if not isinstance(value.value, int | float):
        raise MissingLaw("transfer.period", value=format_month(on), where=path, zh=f"{path} 没有期限。", en=f"{path} holds no period.")
    return int(value.value), value.confidence
