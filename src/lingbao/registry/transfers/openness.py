"""Whether a relation may move to a place: the age for temporary accounts, the place of benefit, and money left behind."""

from __future__ import annotations

from dataclasses import dataclass

from lingbao.law.errors import InputError
from lingbao.law.store import Law
from lingbao.registry.record.queries import RecordedMonth, months_of
from lingbao.registry.session import SYSTEM, acting_as
from lingbao.registry.transfers import booking
from lingbao.registry.transfers.place import first_insured_in, opens_temporary_account, place_by_record


@dataclass(frozen=True)
class Applicant:
    """What the law asks of someone who moves: sex, birth month, home province, and whether an authority moved them."""

    person: int
    sex: str
    birth: int
    home: str
    approved: bool = False


def check_may_move(law: Law, applicant: Applicant, from_province: str, to_province: str, on: int) -> None:
    """Refuse a transfer of the relation that the law does not open.

    The relation always may move to the place that will pay the pension (国办发〔2009〕66号 第六条). Elsewhere the age counts at
    the first month insured there (第五条). Money without months, such as interest posted after a transfer, follows the
    months.

    Raises
    ------
    InputError
        If the new place may only give a temporary account, or money left behind is to go where no months are kept.
    """
    with acting_as(SYSTEM):
        months = months_of(applicant.person)
    if _only_money(applicant.person, from_province, months):
        if to_province not in {each.kept_by for each in months}:
            raise InputError("transfer.residual", value=to_province, zh="转出地只剩余额（如补记的利息），没有缴费记录：只能转到现在保管缴费记录的地方。",
                             en="Only money is left there, such as interest posted late, and no months: it may go only where the months are kept.")
        return
    first = first_insured_in(to_province, months, on)
    if (opens_temporary_account(law, applicant.sex, applicant.birth, first, to_province, applicant.home, applicant.approved, on=on)
            and place_by_record(law, applicant.home, months, from_province, on) != to_province):
        raise InputError(
            "transfer.temporary", value=to_province,
            zh="已达到临时账户年龄且转入地不是户籍地：关系仍留在原参保地，新参保地建立临时缴费账户，退休时一并归集。",
            en="Past the age for it and away from the home province, the new place keeps a temporary account; the relation stays, and the account is collected at the claim.")


def _only_money(person: int, province: str, months: list[RecordedMonth]) -> bool:
    """Whether a province keeps money of a person but none of the months."""
    return all(each.kept_by != province for each in months) and booking.account_balance(person, province) > 0
