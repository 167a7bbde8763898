"""Decisions about a worker that can be appealed against: what was decided, when, by whom, and until when an appeal is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from lingbao.registry.calendar import Deadline
from lingbao.registry.disputes.periods import kind_of
from lingbao.registry.errors import NotFound
from lingbao.web.account.access import today

REVIEW = "review"
# What each decision is called, and where the worker reads it.
KINDS: dict[str, tuple[str, str, str]] = {
    "claim": ("养老金核定", "the award of the pension", "/account/claims/{}/"),
    "conversion": ("城乡衔接", "the move between the schemes", "/account/conversions/{}/"),
    "subsidy": ("社会保险补贴", "the subsidy", "/account/subsidies/{}/"),
    "exemption": ("免代扣", "having nothing withheld", "/account/exemptions/{}/"),
    "transfer": ("跨省转移", "the transfer", "/account/transfers/{}/"),
    "setoff": ("多发养老金的抵扣", "the set-off of a pension paid too much", "/account/set-offs/{}/"),
    "refund": ("退款", "the refund", "/account/refunds/{}/"),
}
# Each decision once: kind, number, province, day, who decided; read under the worker's own rights.
_DECIDED = """
    SELECT 'claim', id, province, coalesce(answered_on, registry_day(granted_at)), coalesce(answered_by, granted_by) FROM benefit_claim
        WHERE person_id = %(person)s AND state IN ('refused', 'provisional', 'final', 'ended') AND coalesce(answered_on, registry_day(granted_at)) IS NOT NULL
    UNION ALL SELECT 'conversion', id, province, answered_on, answered_by FROM transfer_conversion
        WHERE person_id = %(person)s AND state <> 'applied'
    UNION ALL SELECT 'subsidy', id, province, answered_on, answered_by FROM collection_subsidy_request
        WHERE person_id = %(person)s AND state IN ('granted', 'refused')
    UNION ALL SELECT 'exemption', id, province, answered_on, answered_by FROM orders_exemption_request
        WHERE person_id = %(person)s AND state IN ('approved', 'refused')
    UNION ALL SELECT 'transfer', c.id, c.to_province, e.day, e.actor FROM transfer_case c JOIN transfer_event e ON e.case_id = c.id AND e.number = c.steps
        WHERE c.person_id = %(person)s AND c.state IN ('refused', 'closed')
    UNION ALL SELECT 'setoff', p.id, c.province, p.decided_on, p.decided_by FROM benefit_set_off_plan p JOIN benefit_claim c ON c.id = p.claim_id
        WHERE c.person_id = %(person)s AND p.state IN ('approved', 'done')
    UNION ALL SELECT 'refund', p.id, p.province, registry_day(d.decided_at), d.decided_by FROM collection_refund_proposal p
        JOIN collection_refund_decision d ON d.proposal_id = p.id AND NOT d.withdrawn AND (NOT d.accepted OR p.kind = 'contribution')
        WHERE p.person_id = %(person)s"""


@dataclass(frozen=True)
class Decision:
    """A decision.

    Attributes
    ----------
    kind : str
        One of :data:`KINDS`.
    number : int
        Number of the case.
    province : str
        Agency that decided.
    day : datetime.date
    by : int or None
        Actor who decided, and who will not decide the appeal.
    """

    kind: str
    number: int
    province: str
    day: date
    by: int | None

    @property
    def about(self) -> str:
        """The decision as a matter names it, such as ``claim:12``."""
        return f"{self.kind}:{self.number}"

    @property
    def address(self) -> str:
        """Where the worker reads it."""
        return KINDS[self.kind][2].format(self.number)

    def said(self, lang: str) -> str:
        """Return its name with its number."""
        return f"{KINDS[self.kind][0] if lang == 'zh' else KINDS[self.kind][1].capitalize()} {self.number:08d}"


@dataclass(frozen=True)
class Appeal:
    """Whether a decision can be appealed against.

    Attributes
    ----------
    decision : Decision
    due : Deadline or None
        Last day by law, counted from the day of the decision.
    matter : int or None
        The appeal lodged, if one is.
    """

    decision: Decision
    due: Deadline | None
    matter: int | None

    @property
    def days(self) -> int:
        """Length of the period [days]."""
        period = kind_of(REVIEW).periods.get("lodge")
        return 0 if period is None else period.days

    @property
    def late(self) -> bool:
        """Whether the period has passed, counted from the day of the decision."""
        return self.due is not None and self.due.overdue(today())


def decisions(person: int) -> list[Decision]:
    """Return the decisions about a person, the latest first (inside a transaction of the worker)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({_DECIDED}) d (kind, number, province, day, decider) ORDER BY day DESC, kind, number DESC", {"person": person})
        return [Decision(*row) for row in cursor.fetchall()]


def decision(person: int, kind: str, number: int) -> Decision:
    """Return one decision.

    Raises
    ------
    NotFound
        If nothing is decided there, or it is another's.
    """
    found = next((each for each in decisions(person) if (each.kind, each.number) == (kind, number)), None)
    if found is None:
        raise NotFound("account.no_decision", value=f"{kind}:{number}", zh="没有这项决定，或者还没有作出决定。", en="There is no such decision, or none was made yet.")
    return found


def appeal_of(person: int, kind: str, number: int) -> Appeal | None:
    """Return how a decision can be appealed against; None while nothing is decided (inside a transaction of the worker)."""
    try:
        found = decision(person, kind, number)
    except NotFound:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM dispute_case WHERE person_id = %s AND kind = %s AND about = %s AND state <> 'withdrawn'",
                       [person, REVIEW, found.about])
        matter = cursor.fetchone()[0]
    return Appeal(found, kind_of(REVIEW).due("lodge", found.day), matter)


def address_of(about: str) -> str:
    """Return where the thing that a matter is about stands, empty where it has no page."""
    kind, _, number = about.partition(":")
    return KINDS[kind][2].format(int(number)) if kind in KINDS and number.isdigit() else ""
