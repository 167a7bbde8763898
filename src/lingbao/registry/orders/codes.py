"""What may be wrong with a row of an order file: stable codes with their meaning and remedy in two languages."""

from __future__ import annotations

from dataclasses import dataclass

from lingbao.registry.orders import limits


@dataclass(frozen=True)
class RowCode:
    """One thing that keeps a row out of the books.

    Parameters
    ----------
    code : str
        Stable; a platform's programs may rely on it.
    zh, en : str
        What is wrong and what would be right.
    """

    code: str
    zh: str
    en: str


_CODES = (
    RowCode("bad_business_date", "业务日期缺失或不是有效日期；请写成 2026-11-01。",
            "The business date is missing or no date; write 2026-11-01."),
    RowCode("bad_order_number", "订单号缺失，或含有字母、数字、点、横线、下划线以外的字符，或超过 64 个字符。",
            "The order number is missing, longer than 64 characters, or has characters other than letters, digits, '.', '-' and '_'."),
    RowCode("bad_sequence", "序号应为 0（原订单）至 32767 的整数。", "The sequence must be a whole number from 0 (the order) to 32767."),
    RowCode("bad_worker", "劳动者编号缺失，或含有不允许的字符，或超过 64 个字符。",
            "The worker reference is missing, too long (64), or has characters that are not allowed."),
    RowCode("bad_orders", "订单数：原订单为 1，退单或更正为 -1、0 或 1。",
            "Orders must be 1 for an order (sequence 0), and -1, 0 or 1 for a refund or correction."),
    RowCode("bad_minutes", "工作时长应为整数分钟，原订单在 0 至 1440 之间，更正在 -1440 至 1440 之间。",
            "Minutes must be whole: 0 to 1440 for an order, -1440 to 1440 for a correction."),
    RowCode("minutes_needed", "该平台按工时代扣，每行都要有工作时长（分钟）。",
            "This platform withholds by hours, so every row needs its minutes."),
    RowCode("bad_income", "收入应为整数分，原订单在 0 至 1 亿分之间，更正在正负 1 亿分之间。",
            "Income must be whole fen: 0 to 100,000,000 for an order, within plus or minus that for a correction."),
    RowCode("date_in_future", "业务日期在未来；请在当天或之后发送。", "The business date lies in the future; send it on the day or later."),
    RowCode("date_too_old", f"业务日期早于收到文件之日 {limits.DAYS_BACK} 天以上，不再接收；确需补报，请联系经办机构。",
            f"The business date lies more than {limits.DAYS_BACK} days before the file came and is not taken any more; ask the agency."),
    RowCode("no_agreement", "该业务日期没有有效的代扣协议，不知道应扣多少；请先登记协议。",
            "No withholding agreement is in force on that date, so nothing is known to withhold; register one first."),
    RowCode("contradiction", "同一文件中有相同订单号和序号但内容不同的行，这些行都未采用。",
            "Rows of this file share an order number and sequence but differ; none of them was taken."),
)
ROW_CODES = {code.code: code for code in _CODES}
