"""What the documentation shows is what happens: every Python block runs, every command prints what is written.

A ```` ```python ```` block runs with the names of the blocks before it in the same file; a ```` ```text ```` block right
after it is what it prints. In a ```` ```console ```` block each line ``$ lingbao …`` is run, and the lines below it are
what it prints. Blanks and table borders do not count, ``…`` stands for anything left out.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SKETCHES = {"docs/architecture.md"}  # shows the shape of interfaces with parts left out; not meant to run
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STATUS = re.compile(r"#\s*exit status (\d+)\s*$")
IGNORED = re.compile(r"[\s\u2500-\u257f]+")


@dataclass
class Step:
    """One thing to do and what it prints."""

    kind: str
    text: str
    shown: list[str] = field(default_factory=list)
    status: int = 0


def pages() -> list[Path]:
    found = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    return sorted(page for page in found if page.relative_to(ROOT).as_posix() not in SKETCHES)


def steps(page: Path) -> list[Step]:
    """Read the blocks of a page in order."""
    found: list[Step] = []
    end = -1
    text = page.read_text(encoding="utf-8")
    for block in FENCE.finditer(text):
        language, body = block.groups()
        if language == "python":
            found.append(Step("python", body))
        elif language == "text" and found and found[-1].kind == "python" and not text[end:block.start()].strip():
            found[-1].shown = body.splitlines()
        elif language == "console":
            found += commands(body)
        end = block.end()
    return found


def commands(body: str) -> list[Step]:
    found: list[Step] = []
    for line in body.replace("\\\n", " ").splitlines():
        if line.startswith("$ "):
            status = STATUS.search(line)
            found.append(Step("command", line[2:], status=int(status.group(1)) if status else 0))
        elif found:
            found[-1].shown.append(line)
    return found


def bare(text: str) -> str:
    return IGNORED.sub("", text)


def missing_line(shown: list[str], printed: str) -> str | None:
    """Return the first shown line that was not printed after the ones before it."""
    rest = bare(printed)
    for line in shown:
        for piece in filter(None, map(bare, line.split("…"))):
            if piece not in rest:
                return line
            rest = rest[rest.index(piece) + len(piece):]
    return None


def run_command(text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    from lingbao.cli import main

    words = shlex.split(text, comments=True)
    assert words[0] == "lingbao", f"only the lingbao command is shown in console blocks, not {words[0]}"
    monkeypatch.setattr(sys, "argv", words)
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            main()
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_page_does_what_it_shows(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "docs" / "examples", tmp_path / "docs" / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    names: dict[str, object] = {}
    for step in steps(page):
        if step.kind == "python":
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(compile(step.text, str(page), "exec"), names)
            status, printed = 0, out.getvalue()
        else:
            status, printed = run_command(step.text, monkeypatch)
        assert status == step.status, f"{step.text}\nleft with {status}:\n{printed}"
        lost = missing_line(step.shown, printed)
        assert lost is None, f"{step.text}\ndid not print: {lost}\nbut:\n{printed}"


def test_a_wrong_example_is_noticed() -> None:
    step = commands("$ lingbao law show x  # exit status 2\none two\n…\nthree …\n")[0]
    assert (step.status, step.shown) == (2, ["one two", "…", "three …"])
    assert missing_line(step.shown, "one\n two\nmiddle\nthree four") is None
    assert missing_line(step.shown, "three\none two") == "three …"
    assert missing_line(["one three"], "one two") == "one three"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_inside_the_project_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda page: page.name)
def test_a_decision_is_one_short_page(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    assert len(lines) < 40
    assert re.match(rf"# {page.name[:4]} ", lines[0])
