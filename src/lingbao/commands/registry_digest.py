"""``lingbao registry digest prove`` and ``check``: that one line stands in the published books."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Annotated

import typer

from lingbao.commands.registry_open import opened
from lingbao.commands.show import AsJson, Lang, edge, print_json, show, word, yuan


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``lingbao registry digest``."""
    app.command()(prove)
    app.command()(check)


def prove(
    entry: Annotated[int, typer.Argument(min=1, help="分录编号 / number of the entry")],
    account: Annotated[int, typer.Argument(min=1, help="账户编号 / number of the account")],
    file: Annotated[Path, typer.Argument(help="写入的证明文件 / file to write")],
    lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """写出一笔账的证明文件。 Write the proof that a line stands in the digest of its day."""
    with opened(lang, as_json):
        from lingbao.registry.audit import AUDITOR
        from lingbao.registry.ledger.proofs import proof

        found = proof(AUDITOR, entry, account)
        file.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
        if as_json:
            print_json(found)
        else:
            show(word((f"已写入 {file}：{found['date']} 的根 {found['root']}。", f"Wrote {file}: root of {found['date']} {found['root']}."), lang))


def check(
    file: Annotated[Path, typer.Argument(help="证明文件 / file of the proof")],
    published: Annotated[Path | None, typer.Option("--published", help="从 /fund/digests.csv 下载的公布摘要 / published digests from /fund/digests.csv")] = None,
    lang: Lang = "zh", as_json: AsJson = False,
) -> None:
    """离线核对一笔账的证明，不连数据库。 Check a proof offline; no database is asked.

    Without --published it says which root must stand in the published digests of the day.
    """
    with edge(lang, as_json):
        from lingbao.law.errors import InputError
        from lingbao.registry.ledger.proofs import published_root, root_of

        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            rows = None if published is None else list(csv.DictReader(published.read_text(encoding="utf-8-sig").splitlines()))
        except (OSError, ValueError, RecursionError) as error:
            raise InputError("registry.proof_file", value=str(file), where="lingbao registry digest check", zh="文件不存在，或不是证明文件。",
                             en="The file is not there, or is no proof.") from error
        day, root = root_of(content)
        if rows is not None and published_root(rows, day) != root:
            raise InputError("ledger.not_published", value=day, where="proof", zh=f"证明算出的根与 {day} 公布的不同：这一行不在公布的账里。",
                             en=f"The proof leads to another root than the one published for {day}: the line is not in the published books.")
        line = content["line"]
        if as_json:
            print_json({"date": day, "root": root, "published": rows is not None, "line": line})
        elif rows is not None:
            show(word((f"成立：分录 {line['entry']}，{yuan(int(line['fen']) / 100)} 元，在 {day} 公布的账里。",
                       f"It stands: entry {line['entry']}, {yuan(int(line['fen']) / 100)} yuan, is in the books published for {day}."), lang))
        else:
            show(word((f"证明自身成立。请核对 {day} 公布的 tree 一栏是否为：", f"The proof holds in itself. Compare the column tree of {day} in what is published:"), lang), root)
