"""What is wrong with a statement: the row, the column, the value, and what would be right."""

from __future__ import annotations

from lingbao.law.errors import InputError


class StatementFault(InputError):
    """One wrong cell or row of a statement.

    Parameters
    ----------
    row : int
        Row in the file, counted from 1 as a spreadsheet does.
    column : str or None
        Heading of the column as the file prints it, None where the whole row is wrong.
    value : object
        What stands there.
    zh, en : str
        What is wrong and what would be right; row and column are put in front.
    code : str
        Stable dotted identifier.
    """

    def __init__(self, row: int, column: str | None, value: object, *, zh: str, en: str,
                 code: str = "statement.cell") -> None:
        place_zh = f"第 {row} 行" + (f"“{column}”列" if column else "")
        place_en = f"Row {row}" + (f", column '{column}'" if column else "")
        super().__init__(code, value=value, zh=f"{place_zh}：{zh}", en=f"{place_en}: {en}")
        self.row = row
        self.column = column

    def to_dict(self) -> dict[str, object]:
        return {**super().to_dict(), "row": self.row, "column": self.column}


def file_fault(code: str, value: object, zh: str, en: str) -> InputError:
    """Return the error for a file that cannot be read at all."""
    return InputError(f"statement.{code}", value=value, zh=zh, en=en)
