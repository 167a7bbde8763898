"""A line is proved from the account and checked by anyone: on the page, in the API, and offline."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from registry_matrix import API
from registry_world import World


@pytest.fixture(scope="module")
def proof(world: World) -> dict[str, Any]:
    """The proof of a line of the own person, on a day that is closed."""
    from made_up import accounts, as_owner, moved

    from lingbao.registry.ledger import proofs
    from lingbao.registry.ledger.digests import close_days
    from lingbao.registry.session import SYSTEM, run_as

    bank, = accounts("bank", owner=36, owner_kind="province")
    individual, = accounts("individual", owner=world.own.person)
    entry = moved((bank, -31_320), (individual, 31_320))
    as_owner("ALTER TABLE ledger_entry DISABLE TRIGGER ALL; UPDATE ledger_entry SET book_date = book_date - 1; ALTER TABLE ledger_entry ENABLE TRIGGER ALL")
    today, = as_owner("SELECT registry_day(clock_timestamp())")[0]
    run_as(SYSTEM, lambda: close_days(today - timedelta(1)))
    return proofs.proof(world.actors["worker"], entry, individual)


def uploaded(world: World, content: bytes) -> Any:
    file = io.BytesIO(content)
    file.name = "proof.json"
    return world.client("anonymous").post("/fund/check/", {"proof": file})


def test_the_page_and_the_api_agree_with_the_books(world: World, proof: dict[str, Any]) -> None:
    page = uploaded(world, json.dumps(proof).encode())
    assert page.status_code == 200 and "这一笔在公布的账里" in page.content.decode() and "313.20" in page.content.decode()
    answer = world.client("anonymous").post(f"{API}/proofs", json.dumps(proof), content_type="application/json")
    assert answer.status_code == 200 and answer.json()["stands"] is True


@pytest.mark.parametrize("content", [b"", b"\xff", b"[" * 100_000, b"{}", b"null", b'{"version": 1}'])
def test_what_is_no_proof_is_refused_in_words(world: World, content: bytes) -> None:
    page = uploaded(world, content)
    assert page.status_code == 422 and "不是一份完整的证明" in page.content.decode()


def test_a_consistent_forgery_is_not_in_the_published_books(world: World, proof: dict[str, Any]) -> None:
    from lingbao.registry.ledger.proofs import LINE
    from lingbao.registry.ledger.tree import climbed, leaf

    line = {**proof["line"], "fen": "99999999"}
    root = climbed(leaf(bytes.fromhex(proof["secret"]), "|".join(line[name] for name in LINE)), [(side, bytes.fromhex(other)) for side, other in proof["path"]]).hex()
    forged = {**proof, "line": line, "root": root}
    assert "不在公布的账里" in uploaded(world, json.dumps(forged).encode()).content.decode()
    assert world.client("anonymous").post(f"{API}/proofs", json.dumps(forged), content_type="application/json").status_code == 422


def test_the_command_checks_it_without_a_database(world: World, proof: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "proof.json").write_text(json.dumps(proof))
    (tmp_path / "digests.csv").write_bytes(world.client("anonymous").get("/fund/digests.csv").content)

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", "from lingbao.cli import main; main()", "registry", "digest", "check", "proof.json", *more], cwd=tmp_path,
                              env={"PATH": "", "DATABASE_URL": "postgresql://nowhere.invalid/none"}, capture_output=True, text=True, check=False)

    done = run("--published", "digests.csv")
    assert done.returncode == 0 and "成立" in done.stdout, done.stderr
    assert proof["root"] in run("--lang", "en").stdout
    (tmp_path / "digests.csv").write_text((tmp_path / "digests.csv").read_text().replace(proof["root"], "0" * 64))
    assert run("--published", "digests.csv").returncode == 2
    (tmp_path / "proof.json").write_text(json.dumps(proof).replace("31320", "31321"))
    assert run().returncode == 2
