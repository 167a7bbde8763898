"""The steps of a transfer between provinces: who may take which step in which state, and what it does to the clock and the money.

The table :data:`TRANSITIONS` is the whole procedure; everything else reads it. Periods are not written here: a step
names the parameter of the law that holds its length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["applied", "letter_sent", "returned", "form_sent", "money_sent", "received", "done",
                "refused", "withdrawn", "closed"]
Party = Literal["worker", "new_place", "old_place", "coordinator", "system"]
Clock = Literal["step", "keep", "pause", "back_to_old_place", "as_directed", "stop"]
Money = Literal["none", "out", "in", "undo_out", "undo_in"]

OPEN: tuple[State, ...] = ("applied", "letter_sent", "returned", "form_sent", "money_sent", "received")
ENDED: tuple[State, ...] = ("done", "refused", "withdrawn", "closed")
STEP_PERIOD = "national.transfer.step_deadline"
TOTAL_PERIOD = "national.transfer.total_deadline"
ARTICLE = "国办发〔2009〕66号 第八条"


@dataclass(frozen=True)
class Transition:
    """One step of the procedure.

    Attributes
    ----------
    action : str
        Name of the step.
    sources : tuple of State
        States in which it may be taken; empty for the step that opens a case.
    target : State or None
        State after it; None where the state stays.
    by : tuple of Party
        Who may take it.
    clock : Clock
        ``step``: a new legal period begins for whoever is next. ``keep``: the running period goes on. ``pause``: the
        law sets no period for what comes next. ``back_to_old_place``: the period of the old place goes on where it
        was. ``as_directed``: the coordinating body sets it. ``stop``: the case has ended.
    money : Money
        Which half of the money is booked or reversed with it.
    reason : bool
        A reason must be given.
    only_overdue : bool
        Only when a period has run out.
    article : str
        Where the law orders or allows it.
    zh, en : str
        The step as the worker's progress line names it.
    """

    action: str
    sources: tuple[State, ...]
    target: State | None
    by: tuple[Party, ...]
    clock: Clock
    money: Money
    article: str
    zh: str
    en: str
    reason: bool = False
    only_overdue: bool = False


TRANSITIONS: dict[str, Transition] = {step.action: step for step in (
    Transition("apply", (), "applied", ("worker", "new_place"), "step", "none", f"{ARTICLE}（一）",
               "已提出转移申请", "application made"),
    Transition("refuse", ("applied", "returned"), "refused", ("new_place",), "stop", "none", f"{ARTICLE}（二）",
               "不符合转移条件，已书面说明", "refused with reasons in writing", reason=True),
    Transition("send_letter", ("applied", "returned"), "letter_sent", ("new_place",), "step", "none", f"{ARTICLE}（二）",
               "转入地已发出联系函", "the new place has sent the contact letter"),
    Transition("return_letter", ("letter_sent",), "returned", ("old_place",), "pause", "none", f"{ARTICLE}（三）",
               "原参保地退回联系函", "the old place has returned the letter", reason=True),
    Transition("send_form", ("letter_sent", "form_sent"), "form_sent", ("old_place",), "keep", "none", f"{ARTICLE}（三）",
               "原参保地已发出信息表", "the old place has sent the information form"),
    Transition("send_money", ("form_sent",), "money_sent", ("old_place",), "step", "out", f"{ARTICLE}（三）",
               "原参保地已划出资金", "the old place has sent the money"),
    Transition("fail_money", ("money_sent",), "form_sent", ("new_place", "old_place"), "back_to_old_place", "undo_out",
               f"{ARTICLE}（三）", "资金划转未成功，已退回原账户", "the money did not arrive and is back in the old account", reason=True),
    Transition("receive_money", ("money_sent",), "received", ("new_place",), "keep", "in", f"{ARTICLE}（四）",
               "转入地已收到资金并入账", "the new place has booked the money"),
    Transition("undo_receipt", ("received",), "money_sent", ("new_place",), "keep", "undo_in", f"{ARTICLE}（四）",
               "入账有误，已冲销，待重新入账", "booked wrongly, reversed, to be booked again", reason=True),
    Transition("finish", ("received",), "done", ("new_place",), "stop", "none", f"{ARTICLE}（四）",
               "转移办结", "transfer completed"),
    Transition("withdraw", ("applied", "letter_sent", "returned"), "withdrawn", ("worker",), "stop", "none", f"{ARTICLE}（一）",
               "本人撤回申请", "withdrawn by the worker"),
    Transition("escalate", OPEN, None, ("worker", "new_place", "old_place", "system"), "keep", "none",
               "社会保险经办条例 第十六条、第四十七条", "已逾期，提请协调机构督办", "overdue and taken to the coordinating body",
               only_overdue=True),
    Transition("direct", OPEN, None, ("coordinator",), "as_directed", "none", "社会保险经办条例 第四十七条",
               "协调机构已督办并限期办理", "the coordinating body has set a date", reason=True),
    Transition("close", ("applied", "letter_sent", "returned", "form_sent"), "closed", ("coordinator",), "stop", "none",
               "社会保险经办条例 第四十七条", "协调机构裁定终止", "closed by the coordinating body", reason=True),
    Transition("recall_money", ("money_sent",), "closed", ("coordinator",), "stop", "undo_out", "社会保险经办条例 第四十七条",
               "协调机构裁定终止，资金已退回原账户", "closed by the coordinating body, the money is back", reason=True),
)}

# Who has the next step, for queues.
NEXT: dict[State, Party] = {"applied": "new_place", "letter_sent": "old_place", "returned": "new_place", "form_sent": "old_place",
                            "money_sent": "new_place", "received": "new_place"}


def allowed(state: State, party: Party) -> tuple[str, ...]:
    """Return the steps that a party may take in a state, overdue or not."""
    return tuple(name for name, step in TRANSITIONS.items() if state in step.sources and party in step.by)
