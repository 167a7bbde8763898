"""``lingbao registry archive``, ``base-backup`` and ``recover``: back to any moment, not only to the last backup."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from lingbao.commands.registry_open import opened
from lingbao.commands.show import FINE, AsJson, Lang, edge, print_json, show, word


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``lingbao registry``."""
    app.command()(archive)
    app.command("base-backup")(base_backup)
    app.command()(recover)


def archive(
    folder: Annotated[Path | None, typer.Argument(help="归档目录，最好在另一块盘上；不写则显示状况 / archive; without it, how it stands")] = None,
    lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """归档数据库日志，从下次启动数据库起生效。 Archive the database's log, from its next start on."""
    with opened(lang, as_json, migrated=False):
        from lingbao.registry.operations.archive import archive_state, archive_to

        state = archive_state() if folder is None else archive_to(folder)
        if as_json:
            print_json(vars(state))
            return
        now = (word(("归档已打开。", "The archive is on."), lang) if state.on
               else word(("已设好，重启数据库（或 lingbao serve）后开始归档。", "It is set; restart the database (or lingbao serve) to begin."), lang) if state.waits
               else word(("归档未打开。", "The archive is off."), lang))
        show(now, word((f"已归档 {state.archived} 段，失败 {state.failed} 次，最近一段 {state.last or '无'}（{state.last_at or '—'}）。",
                        f"{state.archived} segments archived, {state.failed} failures, the last {state.last or 'none'} ({state.last_at or '—'})."), lang))


def base_backup(
    folder: Annotated[Path, typer.Argument(help="新的备份目录 / a new folder")],
    lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """做一份基础备份，配合归档可回到其后任一时刻。 Make a base backup, from which the archive leads to any later moment."""
    with opened(lang, as_json):
        from lingbao.registry.operations.archive import base_backup as make

        manifest = make(folder)
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        if as_json:
            print_json({"folder": str(folder), "bytes": size, "made_at": manifest["made_at"], "server": manifest["server"]})
        else:
            show(word((f"基础备份完成并已核验：{folder}，{size / 1e6:,.1f} MB。密钥不在其中。",
                       f"Base backup made and verified: {folder}, {size / 1e6:,.1f} MB. The keys are not in it."), lang))


def recover(
    backup: Annotated[Path, typer.Argument(help="基础备份目录 / folder of a base backup")],
    archive: Annotated[Path, typer.Option("--archive", help="归档目录 / the archive")],
    into: Annotated[Path, typer.Option("--into", help="新的数据目录 / a new data folder")],
    to: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f"],
                                                help="北京时间的时刻；不写则到归档末尾 / moment in Beijing time; without it, the end of the archive")] = None,
    lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """恢复到某一时刻，放在新目录，再核查；原数据不动。 Recover to a moment into a new folder and audit; what was stays untouched.

    With DATABASE_URL set, the new folder is that of an outside server: start it there, then run the audit.
    """
    with edge(lang, as_json):
        from zoneinfo import ZoneInfo

        from lingbao.registry.operations.recovery import recover as bring_back
        from lingbao.web.storage import data_folder

        moment = None if to is None else to.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
        outside = bool(os.environ.get("DATABASE_URL"))
        os.environ.setdefault("LINGBAO_KEYS", str(data_folder() / "keys"))  # the keys are those of the registry that was
        into.mkdir(parents=True, exist_ok=True)
        if not outside:
            into.chmod(0o755)  # the embedded server may be another user and has its own folder inside
        done = bring_back(backup, archive, into if outside else into / "postgresql", moment)
        said = word((f"已恢复到 {done.folder}，最后一笔事务 {done.last_transaction or '（基础备份之后没有）'}。",
                     f"Recovered into {done.folder}; last transaction {done.last_transaction or '(none after the base backup)'}."), lang)
        if outside:
            if as_json:
                print_json({"folder": str(done.folder), "last_transaction": done.last_transaction})
            else:
                show(said, word(("请以该目录启动服务器，再运行 lingbao registry audit。", "Start the server on this folder, then run 'lingbao registry audit'."), lang))
            raise typer.Exit(FINE)
    os.environ["LINGBAO_DATA"] = str(into.resolve())
    with opened(lang, as_json, migrated=False):
        from lingbao.commands.registry import tell
        from lingbao.registry.audit import audit, checks
        from lingbao.registry.operations.backup import findings_of_keys

        found = findings_of_keys(done.manifest["keys"]) + audit()
        if not as_json:
            show(word((f"要使用它：LINGBAO_DATA={into.resolve()} LINGBAO_KEYS={os.environ['LINGBAO_KEYS']}",
                       f"To use it: LINGBAO_DATA={into.resolve()} LINGBAO_KEYS={os.environ['LINGBAO_KEYS']}"), lang))
        tell(found, lang, as_json, f"{said} " + word((f"{len(checks())} 项核查。", f"{len(checks())} checks."), lang))
