"""``lingbao replicate``: printed figures of research papers beside those computed from the law."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from lingbao.planner.replication import Burden, Reproduced

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None,
                  help="复算论文中的数字。 Printed figures computed again from the law.")

Lang = Annotated[str, typer.Option("--lang", help="zh / en")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")]

BURDEN_HEAD = {
    "zh": ("省份", "适用", "收入", "工资", "下限", "论文·按工资", "复算", "差", "论文·按下限", "复算", "差"),
    "en": ("province", "law of", "income", "wage", "floor", "printed, wage", "computed", "diff", "printed, floor",
           "computed", "diff"),
}
HEAD = {"zh": ("论文", "复算", "差", "项目"), "en": ("printed", "computed", "diff", "figure")}


def _print_table(rows: list[tuple[str, ...]]) -> None:
    """Print rows with columns aligned by the width of the characters, the last one free."""
    from rich.cells import cell_len

    widths = [max(cell_len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [" " * (width - cell_len(cell)) + cell for cell, width in zip(row[:-1], widths, strict=False)]
        print("  ".join([*cells, row[-1]]).rstrip())


def _show(rows: tuple[Reproduced, ...], lang: str, as_json: bool, text: str) -> None:
    if as_json:
        print(json.dumps([row.to_dict() for row in rows], ensure_ascii=False, indent=2))
        return
    _print_table([HEAD[lang], *(_line(row, lang) for row in rows)])
    print(text)


def _line(row: Reproduced, lang: str) -> tuple[str, ...]:
    printed = "" if row.printed is None else f"{row.printed:g}"
    difference = "" if row.difference is None else f"{row.difference:+g}"
    return printed, f"{row.computed:g}", difference, row.label_zh if lang == "zh" else row.label_en


@app.command("burden")
def show_burden(lang: Lang = "zh", as_json: AsJson = False) -> None:
    """十省灵活就业人员缴费负担（F6）。 Burden in ten provinces."""
    from lingbao.law.store import Law
    from lingbao.planner.replication import burdens

    law = Law.load()
    rows = burdens(law)
    if as_json:
        print(json.dumps([row.to_dict() for row in rows], ensure_ascii=False, indent=2))
        return
    names = {p.code: p.short_zh if lang == "zh" else p.name_en for p in law.provinces()}
    _print_table([BURDEN_HEAD[lang], *(_burden_line(row, names[row.province]) for row in rows)])
    for row in rows:
        if row.code:
            print(f"{names[row.province]}: {row.note_zh if lang == 'zh' else row.note_en}")


def _burden_line(row: Burden, name: str) -> tuple[str, ...]:
    return (
        name, row.month, f"{row.income:.0f}", f"{row.average_wage:g}", f"{row.floor:g}",
        f"{row.printed_at_wage:.2f}%", f"{row.at_wage:.2f}%", f"{row.difference_at_wage:+.2f}",
        f"{row.printed_at_floor:.2f}%", f"{row.at_floor:.2f}%", f"{row.difference_at_floor:+.2f}",
    )


@app.command("nanchang")
def show_nanchang(lang: Lang = "zh", as_json: AsJson = False) -> None:
    """南昌2020年各档月缴费额（N2）。 Monthly amounts of Nanchang's tiers in 2020."""
    _show(_of("nanchang_tiers"), lang, as_json,
          "2020年江西：工资5040元有论文以外的来源；过渡下限2840元是由论文的568元反推的，那一档的吻合不构成独立验证。" if lang == "zh" else
          "Jiangxi 2020: the wage of 5040 has a source besides the paper; the lower floor of 2840 was solved back from the paper's 568, so that row proves nothing.")


@app.command("fixed-amount")
def show_fixed_amount(lang: Lang = "zh", as_json: AsJson = False) -> None:
    """定额缴费方案的算例（F4，建议，未施行）。 Worked figures of the fixed-amount proposal, which is not law."""
    _show(_of("fixed_amount_figures"), lang, as_json,
          "定额缴费是论文的建议，不是现行规定。" if lang == "zh" else "The fixed-amount contribution is a proposal, not law in force.")


def _of(name: str) -> Any:
    from lingbao.law.store import Law
    from lingbao.planner import replication

    return getattr(replication, name)(Law.load())
