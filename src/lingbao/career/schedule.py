"""From a plan to dates: which months are paid, when the minimum is complete, when the claim can be."""

from __future__ import annotations

from dataclasses import dataclass

from lingbao.career.person import Person
from lingbao.career.plan import Plan
from lingbao.career.retirement import Retirement, minimum_for_claim
from lingbao.law.month import format_month
from lingbao.law.rules.retirement import month_of_completion
from lingbao.law.store import Law

FAR = 10**6  # a month that never comes
LATEST_CLAIM_AGE = 75 * 12  # a plan that ends later than this is not shown as possible


@dataclass(frozen=True)
class Schedule:
    """The dates of one plan.

    Attributes
    ----------
    feasible : bool
        Whether the plan leads to a monthly employee pension.
    claim : int
        Month of the claim; the last month that may be paid. The pension follows in the next.
    pay_from, pay_until, gap_from, gap_until : int
        First month paid, first month no longer paid, and the interruption.
    minimum_months : int
        Months needed for this claim.
    months_at_claim : int
        Months credited by then, deemed months included; those of today where the plan is refused.
    extended : bool
        Whether payment goes on after the statutory month to complete the minimum.
    one_off_months : int
        Months paid at once with the claim, because they are still missing.
    reason_zh, reason_en : str
        Why the plan is not feasible, or what it implies.
    """

    feasible: bool
    claim: int
    pay_from: int
    pay_until: int
    gap_from: int
    gap_until: int
    minimum_months: int
    months_at_claim: int
    extended: bool = False
    reason_zh: str = ""
    reason_en: str = ""
    one_off_months: int = 0


def schedule(law: Law, person: Person, plan: Plan, retirement: Retirement, as_of: int) -> Schedule:
    """Return the dates of an employee-scheme plan.

    A plan for the statutory month that is short of the minimum pays on after it (社会保险法 第十六条); someone insured
    before the month the law names pays the rest at once after the extension it asks for (人社部令第13号 第二条). A plan for the
    earliest month takes the first month of the window in which the minimum of that year is complete. A chosen month
    must lie in the window with the minimum complete; later than the statutory month it only serves to complete the
    minimum, because putting off retirement takes an employer's agreement (人社部发〔2024〕94号).
    """
    months = _Months.of(law, person, plan, as_of)
    statutory = retirement.statutory
    past = statutory < as_of
    if past and months.before >= minimum_for_claim(law, statutory, statutory) and months.stop > as_of:
        return _refused(
            as_of, months, minimum_for_claim(law, statutory, statutory), *_words(
                "已过法定退休时间（{month}）且年限已够，不能再缴费，应办理领取。",
                "The statutory month ({month}) has passed with enough months paid: nothing more can be paid, the pension is to be claimed.",
                month=format_month(statutory)),
        )
    if months.before == 0 and months.pay_from > statutory:
        return _refused(
            as_of, months, minimum_for_claim(law, statutory, statutory), *_words(
                "法定退休时间（{month}）以后不能首次参加职工养老保险；可以参加居民养老保险。",
                "After the statutory month ({month}) nobody can join the employee scheme for the first time; the resident scheme is open.",
                month=format_month(statutory)),
        )
    if plan.claim == "earliest":
        window = range(max(retirement.earliest, as_of), statutory + 1)
        claim = next(
            (m for m in window if months.by(m) >= minimum_for_claim(law, m, statutory)), max(statutory, as_of)
        )
    elif plan.claim == "statutory":
        claim = max(statutory, as_of)
    else:
        claim = int(plan.claim)
        refusal = _outside(law, claim, months, retirement, as_of)
        if refusal is not None:
            return refusal
    minimum = minimum_for_claim(law, claim, statutory)
    extended, rest = False, 0
    if months.by(claim) < minimum:
        if months.stop != FAR:
            return _refused(
                claim, months, minimum, *_words(
                    "到 {month} 只有 {have} 个月，不足最低 {minimum} 个月，不能按月领取职工养老金。",
                    "By {month} there are {have} months, short of the minimum of {minimum}: no monthly employee pension.",
                    month=format_month(claim), have=months.by(claim), minimum=minimum),
            )
        wanted, extended = claim, True
        claim = months.completed(max(claim, months.pay_from - 1), minimum)
        at_once = _one_off_claim(law, person, months, statutory, as_of)
        if at_once is not None and wanted <= at_once < claim:
            claim, rest = at_once, minimum - months.by(at_once)
        if claim - person.birth > LATEST_CLAIM_AGE:
            return _refused(
                claim, months, minimum, *_words(
                    "要缴到 {month}（{age} 岁）才满 {minimum} 个月，不现实。",
                    "The minimum of {minimum} months would only be complete in {month}, at age {age}.",
                    month=format_month(claim), age=(claim - person.birth) // 12, minimum=minimum),
            )
    credited = months.by(claim) + rest
    pay_until = min(claim + 1, months.stop)
    if plan.stop_at_minimum and credited > minimum:
        needed = max(minimum - months.before, 0)
        pay_until = months.pay_from + needed
        if months.pay_from <= months.gap_from < pay_until:
            pay_until += months.gap_until - months.gap_from
        credited = months.before + needed
    zh, en = _words(
        "到法定退休时间还不满最低年限，需延长缴费到 {month}。",
        "Short of the minimum at the statutory month: payment goes on until {month}.", month=format_month(claim),
    ) if extended else ("", "")
    if rest:
        zh, en = _words(
            "到法定退休时间还不满最低年限，需延长缴费到 {month}，届时一次缴清余下 {rest} 个月后领取。",
            "Short of the minimum at the statutory month: payment goes on until {month}, when the remaining {rest} months are paid at once.",
            month=format_month(claim), rest=rest)
    return Schedule(
        True, claim, months.pay_from, max(pay_until, months.pay_from), months.gap_from, months.gap_until, minimum,
        credited, extended, zh, en, rest,
    )


@dataclass(frozen=True)
class _Months:
    """Which months a plan pays, as long as nothing ends it before the claim."""

    before: int
    pay_from: int
    gap_from: int
    gap_until: int
    stop: int

    @classmethod
    def of(cls, law: Law, person: Person, plan: Plan, as_of: int) -> _Months:
        """Read a plan; nobody pays before the age from which one may be insured."""
        youngest = person.birth + int(law.number("national.retirement.joining_age"))
        gap_from = plan.gap_from if plan.gap_from is not None and plan.gap_months > 0 else FAR
        return cls(
            person.months_paid + person.deemed_months,
            max(as_of, youngest, plan.pay_from if plan.pay_from is not None else as_of),
            gap_from, gap_from + plan.gap_months, plan.pay_until if plan.pay_until is not None else FAR,
        )

    def by(self, claim: int) -> int:
        """Months credited when everything to the end of the claim month is paid."""
        end = min(claim + 1, self.stop)
        paid = max(end - self.pay_from, 0)
        missed = max(min(self.gap_until, end) - max(self.gap_from, self.pay_from), 0)
        return self.before + paid - missed

    def completed(self, from_month: int, minimum: int) -> int:
        """Month in which the minimum is complete; a gap after ``from_month`` puts it off further."""
        claim = from_month
        while self.by(claim) < minimum:
            claim = month_of_completion(claim, minimum - self.by(claim))
        return claim


def _one_off_claim(law: Law, person: Person, months: _Months, statutory: int, as_of: int) -> int | None:
    """Month from which the rest may be paid at once, or None for those first insured too late or at a month not known.

    The extension is paid month by month after the statutory month; what of it lies before now is taken as paid.
    """
    since = person.insured_since
    if since is None or since >= int(law.number("national.contribution.one_off_insured_before")):
        return None
    extension = int(law.number("national.contribution.extension_before_one_off"))
    before_extension = max(statutory, as_of - 1)
    still = max(extension - (before_extension - statutory), 0)
    return max(months.completed(before_extension, months.by(before_extension) + still), as_of)


def _outside(law: Law, claim: int, months: _Months, retirement: Retirement, as_of: int) -> Schedule | None:
    """Refuse a chosen month outside the window, or return None."""
    statutory = retirement.statutory
    minimum = minimum_for_claim(law, claim, statutory)
    if claim < as_of:
        return _refused(claim, months, minimum, *_words(
            "{month} 已经过去，最早可选 {now}。", "{month} has passed; the first month to choose is {now}.",
            month=format_month(claim), now=format_month(max(as_of, retirement.earliest))))
    if claim < retirement.earliest:
        return _refused(claim, months, minimum, *_words(
            "最早可在 {earliest} 领取，不能选 {month}。", "The earliest claim is {earliest}; {month} cannot be chosen.",
            earliest=format_month(retirement.earliest), month=format_month(claim)))
    if claim < statutory and months.by(claim) < minimum:
        return _refused(claim, months, minimum, *_words(
            "弹性提前退休须先缴满最低年限：到 {month} 只有 {have} 个月，不足 {minimum} 个月。",
            "An early claim needs the minimum first: by {month} there are {have} of {minimum} months.",
            month=format_month(claim), have=months.by(claim), minimum=minimum))
    complete = statutory if months.by(statutory) >= minimum else (
        months.completed(max(statutory, months.pay_from - 1), minimum) if months.stop == FAR else claim)
    if claim > max(complete, as_of):
        return _refused(claim, months, minimum, *_words(
            "弹性延迟退休须与用人单位协商，灵活就业人员没有单位，不能推迟到 {month}；到龄后只能为缴满最低年限继续缴费，您在 {complete} 即可领取。",
            "Late retirement takes an employer's agreement, so a flexible worker cannot wait until {month}; after the statutory month one may only pay on to complete the minimum, and in {complete} the pension can be claimed.",
            month=format_month(claim), complete=format_month(max(complete, as_of))))
    return None


def _words(zh: str, en: str, **values: object) -> tuple[str, str]:
    return zh.format(**values), en.format(**values)


def _refused(claim: int, months: _Months, minimum: int, zh: str, en: str) -> Schedule:
    """A plan that is not possible pays nothing."""
    return Schedule(
        False, claim, months.pay_from, months.pay_from, months.gap_from, months.gap_until, minimum, months.before,
        False, zh, en,
    )
