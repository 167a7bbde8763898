"""A person as the law sees them: birth month, sex, class, places, and what has been paid so far."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from lingbao.career.records import Record
from lingbao.law.errors import ErrorList, InputError, LingbaoError
from lingbao.law.month import format_month
from lingbao.law.store import Law

Sex = Literal["male", "female"]
WorkerClass = Literal["male", "female55", "female50"]

CLASSES: dict[str, tuple[str, ...]] = {"male": ("male",), "female": ("female55", "female50")}

# Beyond these a figure is a slip of the keyboard, not a life.
MOST_INCOME = 10_000_000.0
MOST_BALANCE = 100_000_000.0
OLDEST_YEARS = 110
YOUNGEST_YEARS = 15  # nobody has paid before; a year below the joining age, since months on old records are not exact


@dataclass(frozen=True)
class Person:
    """One person and their insurance history.

    Parameters
    ----------
    birth : int
        Birth month (``year*12 + month-1``).
    sex : {"male", "female"}
        Sex in the household register.
    residence : str
        Province of residence or work, two-digit code; contributions are paid there.
    home : str, optional
        Province of household registration (户籍); the residence when not given.
    worker_class : {"male", "female55", "female50"}, optional
        Retirement class; for women the province's rule for flexible workers when not given.
    income : float, optional
        Income [yuan/month].
    months_paid : int
        Months paid into the employee scheme so far, deemed months (视同缴费) not included.
    mean_index : float, optional
        Mean contribution index (平均缴费指数) of the months paid; needed when ``months_paid`` is not 0.
    account_balance : float
        Balance of the individual account (个人账户储存额) [yuan] as the record shows it now. It is taken as that of the
        last year end, so it earns the whole interest of the current year; what was paid this year earns a little less.
    deemed_months : int
        Deemed contribution months before the account started.
    deemed_index : float, optional
        Index of the deemed months where the province uses one of its own.
    resident_years : int
        Years paid into the resident scheme.
    resident_balance : float
        Balance of the resident account [yuan].
    area : str, optional
        City with a base of its own, such as Shenzhen.
    in_difficulty : bool
        Recognised as hard to employ (就业困难人员), which opens the contribution subsidy.
    records : tuple of Record
        Contribution records, if a statement was given.
    first_paid : int, optional
        Month of the first contribution to the employee scheme; that of the records when not given.
    """

    birth: int
    sex: Sex
    residence: str
    home: str | None = None
    worker_class: WorkerClass | None = None
    income: float | None = None
    months_paid: int = 0
    mean_index: float | None = None
    account_balance: float = 0.0
    deemed_months: int = 0
    deemed_index: float | None = None
    resident_years: int = 0
    resident_balance: float = 0.0
    area: str | None = None
    in_difficulty: bool = False
    records: tuple[Record, ...] = field(default=())
    first_paid: int | None = None

    @property
    def insured_since(self) -> int | None:
        """Month of the first contribution to the employee scheme, from the records when not named; None if not known."""
        if self.first_paid is not None:
            return self.first_paid
        return min((record.first for record in self.records if record.scheme == "employee" and record.kind == "paid"), default=None)

    @property
    def home_province(self) -> str:
        """Province of household registration, the residence when none was named."""
        return self.home or self.residence

    def with_class(self, law: Law) -> Person:
        """Return the person with the retirement class filled in from the province's rule for flexible women."""
        if self.worker_class is not None:
            return self
        if self.sex == "male":
            return replace(self, worker_class="male")
        return replace(self, worker_class=class_of_flexible_women(law, self.residence))


def class_of_flexible_women(law: Law, province: str) -> WorkerClass:
    """Retirement class of women who pay as flexible workers in a province.

    The national text (劳社部发〔2001〕20号 三) puts them in the class of 55; a province row wins where one is known.
    """
    path = f"provinces.{province}.women_class"
    known = law.look_up(path).value if path in law.paths() else None
    return known if known in ("female55", "female50") else law.table("national.retirement.class_of_flexible_women")


def check(person: Person, as_of: int) -> None:
    """Refuse a person who cannot exist on ``as_of``.

    Raises
    ------
    ErrorList
        With every fault found, each naming value, reason and remedy in both languages.
    """
    faults: list[LingbaoError] = []

    def fault(code: str, value: object, zh: str, en: str) -> None:
        faults.append(InputError(code, value=value, zh=zh, en=en))

    age = as_of - person.birth
    if age < 0 or age > OLDEST_YEARS * 12:
        fault("person.birth", format_month(person.birth),
              f"出生年月 {format_month(person.birth)} 不可能：应早于 {format_month(as_of)}，且年龄不超过 {OLDEST_YEARS} 岁。",
              f"Birth month {format_month(person.birth)} is impossible: it must lie before {format_month(as_of)} and within {OLDEST_YEARS} years of it.")
    if person.sex not in CLASSES:
        fault("person.sex", person.sex, f"性别“{person.sex}”无效，应为 male 或 female。",
              f"Sex '{person.sex}' is not valid; use male or female.")
    elif person.worker_class is not None and person.worker_class not in CLASSES[person.sex]:
        allowed = "、".join(CLASSES[person.sex])
        fault("person.worker_class", person.worker_class,
              f"退休类别“{person.worker_class}”与性别“{person.sex}”不符，可选：{allowed}。",
              f"Retirement class '{person.worker_class}' does not fit sex '{person.sex}'; allowed: {', '.join(CLASSES[person.sex])}.")
    ranges: list[tuple[str, str, str, float | None, float, float]] = [
        ("income", "月收入", "Monthly income", person.income, 0.0, MOST_INCOME),
        ("account_balance", "个人账户余额", "Account balance", person.account_balance, 0.0, MOST_BALANCE),
        ("resident_balance", "居民养老保险账户余额", "Resident account balance", person.resident_balance, 0.0, MOST_BALANCE),
        ("mean_index", "平均缴费指数", "Mean contribution index", person.mean_index, 0.01, 5.0),
        ("deemed_index", "视同缴费指数", "Deemed index", person.deemed_index, 0.01, 5.0),
        ("months_paid", "已缴月数", "Months paid", person.months_paid, 0, 720),
        ("deemed_months", "视同缴费月数", "Deemed months", person.deemed_months, 0, 600),
        ("resident_years", "居民养老保险缴费年数", "Years in the resident scheme", person.resident_years, 0, 60),
    ]
    for name, zh, en, value, low, high in ranges:
        if value is not None and not low <= value <= high:  # also refuses NaN
            fault(f"person.{name}", value, f"{zh}“{value}”超出范围，应在 {low:g} 到 {high:g} 之间。",
                  f"{en} {value} is out of range; it must lie between {low:g} and {high:g}.")
    worked = person.months_paid + person.deemed_months
    possible = max(age - YOUNGEST_YEARS * 12, 0)
    if age >= 0 and worked > possible:
        fault("person.months_paid", worked,
              f"已缴（含视同）{worked} 个月，比年满 {YOUNGEST_YEARS} 岁以来的 {possible} 个月还多，请核对出生年月和缴费月数。",
              f"{worked} months paid (deemed months included) are more than the {possible} months since age {YOUNGEST_YEARS}; check birth month and months paid.")
    if person.first_paid is not None:
        faults.extend(_first_paid(person, person.first_paid, as_of))
    if person.months_paid > 0 and person.mean_index is None:
        fault("person.mean_index", None,
              "填写了已缴月数，就还需要平均缴费指数（缴费凭证或“掌上12333”上可查），也可以上传缴费明细由系统计算。",
              "With months paid, the mean contribution index is needed (it is on the contribution certificate), or upload the statement and it is computed.")
    if faults:
        raise faults[0] if len(faults) == 1 else ErrorList(faults)


def _first_paid(person: Person, first: int, as_of: int) -> list[LingbaoError]:
    """Return what is wrong with the month of the first contribution."""
    def fault(zh: str, en: str) -> list[LingbaoError]:
        return [InputError("person.first_paid", value=format_month(first), zh=zh, en=en)]

    if not person.birth < first < as_of:
        return fault(
            f"首次缴费年月 {format_month(first)} 不可能：应在出生年月 {format_month(person.birth)} 之后、{format_month(as_of)} 之前。",
            f"A first contribution in {format_month(first)} is impossible: it must lie after the birth month {format_month(person.birth)} and before {format_month(as_of)}.",
        )
    if not 0 < person.months_paid <= as_of - first:
        return fault(
            f"从首次缴费的 {format_month(first)} 到现在有 {as_of - first} 个月，与已缴 {person.months_paid} 个月不符，请核对两项。",
            f"From the first contribution in {format_month(first)} until now there are {as_of - first} months, which does not fit {person.months_paid} months paid; check both.",
        )
    return []
