"""The options that describe a person, and the person they describe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from lingbao.career.person import Person
    from lingbao.law.store import Law

Birth = Annotated[str, typer.Option("--birth", help="出生年月 YYYY-MM / month of birth")]
Sex = Annotated[str, typer.Option("--sex", help="male / female，男 / 女")]
Class = Annotated[str | None, typer.Option("--class", help="退休类别 / retirement class: male, female55, female50")]
Residence = Annotated[str, typer.Option("--province", help="参保省份，代码或名称 / province, code or name")]
Home = Annotated[str | None, typer.Option("--home", help="户籍省份 / province of household registration")]
Area = Annotated[str | None, typer.Option("--area", help="有单独基数的城市 / city with a base of its own")]
Income = Annotated[float | None, typer.Option("--income", help="月收入（元） / monthly income [yuan]")]
MonthsPaid = Annotated[int | None, typer.Option("--months-paid", help="已缴月数 / months paid so far")]
MeanIndex = Annotated[float | None, typer.Option("--mean-index", help="平均缴费指数 / mean contribution index")]
AccountBalance = Annotated[float | None, typer.Option("--account-balance", help="个人账户储存额（元） / account [yuan]")]
DeemedMonths = Annotated[int | None, typer.Option("--deemed-months", help="视同缴费月数 / deemed months")]
DeemedIndex = Annotated[float | None, typer.Option("--deemed-index", help="视同缴费指数 / index of deemed months")]
FirstPaid = Annotated[str | None, typer.Option("--first-paid", help="首次缴费年月 YYYY-MM / month of the first contribution")]
ResidentYears = Annotated[int | None, typer.Option("--resident-years", help="居民养老已缴年数 / years in the resident scheme")]
ResidentBalance = Annotated[float | None, typer.Option("--resident-balance", help="居民账户余额（元） / resident account [yuan]")]
InDifficulty = Annotated[bool, typer.Option("--in-difficulty", help="就业困难人员 / recognised as hard to employ")]
StatementFile = Annotated[Path | None, typer.Option("--statement", help="缴费明细文件 / contribution statement (CSV, XLSX)")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="从哪个月看 YYYY-MM，默认本月 / month from which one looks")]

SEXES = {"男": "male", "女": "female", "male": "male", "female": "female", "m": "male", "f": "female"}
CLASSES = {"男": "male", "女55": "female55", "女50": "female50"}


def sex_of(text: str) -> str:
    """Read a sex in either language.

    Raises
    ------
    InputError
        If it is neither.
    """
    from lingbao.law.errors import InputError

    found = SEXES.get(text.strip().lower())
    if found is None:
        raise InputError("person.sex", value=text, where="--sex", zh=f"性别“{text}”无效，请写 男/女 或 male/female。",
                         en=f"Sex '{text}' is not valid; use male or female.")
    return found


def class_of(text: str | None) -> str | None:
    """Read a retirement class; a class that does not exist is refused with those that do.

    Raises
    ------
    InputError
        If it is not a class.
    """
    from lingbao.career.person import CLASSES as KNOWN
    from lingbao.law.errors import InputError

    if text is None:
        return None
    found = CLASSES.get(text.strip(), text.strip())
    every = [name for names in KNOWN.values() for name in names]
    if found not in every:
        raise InputError("person.worker_class", value=text, where="--class",
                         zh=f"退休类别“{text}”无效，可选：{'、'.join(every)}。",
                         en=f"'{text}' is not a retirement class; use one of {', '.join(every)}.")
    return found


def month_looked_from(text: str | None) -> int:
    """Return the month from which one looks: the one given, or the current one."""
    from datetime import date

    from lingbao.law.month import month, parse_month

    today = date.today()
    return parse_month(text) if text else month(today.year, today.month)


def person_of(law: Law, given: dict[str, Any], statement: Path | None, as_of: int) -> tuple[Person, list[tuple[str, str]]]:
    """Return the person that options and statement describe, and what to know about the figures from the statement.

    Parameters
    ----------
    given : dict
        Options by name; those not given are absent. ``birth``, ``sex`` and ``province`` are needed.
    statement : path, optional
        Contribution statement; an option given beside it wins over what it says.
    as_of : int
        Month from which one looks.

    Raises
    ------
    LingbaoError
        If an option or the statement cannot be read, or the law needed for the statement is missing.
    """
    from lingbao.career.person import Person
    from lingbao.law.month import parse_month
    from lingbao.planner.award_form import area_of

    values = dict(given)
    province, area = law.find_province(values.pop("province"))
    if "home" in values:
        values["home"] = law.find_province(values["home"])[0]
    if "area" in values:
        values["area"] = area_of(law, province, values["area"])
    values["worker_class"] = class_of(values.pop("class", None))
    birth = parse_month(values.pop("birth"))
    if "first_paid" in values:
        values["first_paid"] = parse_month(values["first_paid"])
    person = Person(**{"area": area, **values, "birth": birth, "sex": sex_of(values["sex"]), "residence": province})
    return (person, []) if statement is None else _with_statement(law, person, values, statement, as_of)


def _with_statement(law: Law, person: Person, given: dict[str, Any], path: Path, as_of: int) -> tuple[Person, list[tuple[str, str]]]:
    """Fill in what the statement says where no option says otherwise."""
    from lingbao.career.records import history, read_statement
    from lingbao.law.month import MONTHS_PER_YEAR

    statement = read_statement(path, birth=person.birth, as_of=as_of)
    enough = {"mean_index", "account_balance"} <= given.keys()
    summed = history(law, statement.records, person.residence, as_of, strict=not enough)
    balance = summed.account_balance if statement.account_balance is None else statement.account_balance
    told = {
        "months_paid": summed.months_paid, "deemed_months": summed.deemed_months, "mean_index": summed.mean_index,
        "account_balance": balance, "resident_years": summed.resident_months // MONTHS_PER_YEAR,
    }
    return replace(
        person, records=statement.records,
        **{name: value for name, value in told.items() if name not in given and value is not None},  # type: ignore[arg-type]
    ), [*statement.warnings, *summed.flags]
