"""``lingbao registry backup``, ``restore`` and ``export-people``: what leaves the registry, and what comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lingbao.commands.registry_open import bar, opened
from lingbao.commands.show import DISAGREES, FINE, AsJson, Lang, print_json, show, word

Jobs = Annotated[int, typer.Option("--jobs", min=1, max=64, help="并行数 / tables handled at the same time")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``lingbao registry``."""
    app.command()(backup)
    app.command()(restore)
    app.command("export-people")(export_people)


def backup(
    folder: Annotated[Path, typer.Argument(help="新的备份目录 / a new folder")],
    jobs: Jobs = 2, lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """备份数据库，并写下核对清单。 Back the database up, with a manifest to compare with after a restore."""
    with opened(lang, as_json):
        from django.conf import settings

        from lingbao.registry.operations.backup import backup as make

        manifest = make(folder, jobs=jobs)
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        if as_json:
            print_json({"folder": str(folder), "bytes": size, "digest": manifest["digest"], "guarded": len(manifest["fingerprint"])})
        else:
            show(word((f"备份完成：{folder}，{size / 1e6:,.1f} MB。", f"Backed up: {folder}, {size / 1e6:,.1f} MB."), lang),
                 word((f"密钥不在其中：请另行备份 {settings.LINGBAO_KEYS}，与备份分开保管。没有密钥，个人信息无法解开。",
                       f"The keys are not in it: keep a copy of {settings.LINGBAO_KEYS} elsewhere, apart from the backup. Without them personal data do not open."),
                      lang))


def restore(
    folder: Annotated[Path, typer.Argument(help="备份目录 / folder of a backup")],
    jobs: Jobs = 2, lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """恢复到空数据库并逐项核对；有不符时退出码为 1。 Restore into an empty database and compare; exit status 1 if anything differs."""
    with opened(lang, as_json, migrated=False):
        from lingbao.commands.registry import tell
        from lingbao.registry.operations.backup import restore as bring_back

        done = bring_back(folder, jobs=jobs)
        figures = len(done.manifest["fingerprint"]) + len(done.manifest["figures"])
        tell(done.findings, lang, as_json, word((f"已恢复 {done.manifest['made_at']} 的备份，核对 {figures} 项。",
                                                 f"Restored the backup of {done.manifest['made_at']}; {figures} things compared."), lang))


def export_people(
    file: Annotated[Path, typer.Argument(help="要写的 Parquet 文件 / Parquet file to write")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="补足未登记各项所用的种子 / seed for what the registry does not record")] = 1,
    lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """导出去标识的个人数据，供实验室使用。 Export people without identifiers as a person file of the laboratory."""
    with opened(lang, as_json):
        from lingbao.commands.registry_export import export

        with bar(None, file.name, as_json) as advance:
            done = export(file, seed=seed, progress=advance)
        if as_json:
            print_json(vars(done))
        else:
            show(word((f"导出 {done.rows:,} 行，代表 {done.people:,} 人；{done.widened:,} 人的特征放宽，{done.withheld:,} 人因所在组不足 {done.smallest} 人未单列。",
                       f"{done.rows:,} rows for {done.people:,} people; {done.widened:,} described more broadly, {done.withheld:,} left out in groups"
                       f" of fewer than {done.smallest}."), lang))
        raise typer.Exit(FINE if done.rows else DISAGREES)
