"""``lingbao registry retention``: how long what is kept is kept, and the erasing of what is over."""

from __future__ import annotations

from typing import Annotated

import typer

from lingbao.commands.registry_open import opened
from lingbao.commands.show import AsJson, Lang, print_json, show, table, word

DryRun = Annotated[bool, typer.Option("--dry-run", help="只看有多少到期，不删除 / only say how much is over, and erase nothing")]
BASES = {"high": ("依据明确", "law, sure"), "medium": ("依据较明确", "law, fairly sure"), "low": ("依据不明", "law, unsure"), "chosen": ("法无明文，选定", "chosen: no law names it")}


def add_to(app: typer.Typer) -> None:
    """Add the command to ``lingbao registry``."""
    app.command()(retention)


def retention(dry_run: DryRun = False, lang: Lang = "zh", as_json: AsJson = False) -> None:
    """保存期限表，并删除到期的数据（账簿和权益记录从不删除）。 The table of periods, and the erasing of what is over."""
    with opened(lang, as_json):
        from lingbao.registry.retention import due, erase
        from lingbao.web.credentials.gateways import configured

        found = due()
        gone = {} if dry_run else erase(configured())
        if as_json:
            print_json([{"name": each.kept.name, "keep": each.kept.keep, "basis": each.kept.basis, "law": vars(each.kept.law), "tables": each.kept.tables,
                         "due": each.rows, "erased": gone.get(each.kept.name, 0)} for each in found])
            return
        zh = lang == "zh"
        headings = ("内容", "保存", "依据", "到期行数", "已删除") if zh else ("what", "kept", "basis", "rows over", "erased")
        show(table("", headings, [
            (each.kept.zh if zh else each.kept.en, each.kept.period(lang), word(BASES[each.kept.basis], lang), str(each.rows), str(gone.get(each.kept.name, 0)))
            for each in found], figures=(3, 4)))
