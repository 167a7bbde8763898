"""Build the wheel and run the tests against what is in it, away from the tree."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent
SUITES = ("tests/unit", "tests/web")
LONG = ("*test_lab_[!c]*", "*test_account*", "*test_permission*", "*test_registry*", "*test_desk*", "*test_platform*",
        "*test_worker_api*", "*test_secrets*", "*test_staff*", "*test_text_codes*", "*test_takers*", "*test_sessions*")
"""Long suites whose files do not differ in the wheel; the laboratory's commands are run, so its kernel and data are there."""


def main() -> int:
    """Return the exit code of the tests run against the wheel."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        subprocess.run([sys.executable, "-m", "build", "--wheel", "--outdir", str(place / "dist"), str(TREE)],
                       check=True, stdout=subprocess.DEVNULL)
        wheel = next((place / "dist").glob("*.whl"))
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(place / "site"), str(wheel)],
                       check=True)
        environment = {**os.environ, "PYTHONPATH": str(place / "site")}
        where = subprocess.run([sys.executable, "-c", "import lingbao; print(lingbao.__file__)"], env=environment, cwd=place,
                               check=True, capture_output=True, text=True).stdout
        if str(place / "site") not in where:
            print(f"the tests would not run against the wheel but against {where}", file=sys.stderr)
            return 1
        print(f"wheel: {wheel.name}, {wheel.stat().st_size / 1e6:.1f} MB")
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "-c", str(TREE / "pyproject.toml"),
                   "--rootdir", str(TREE), "-p", "no:cacheprovider",
                   *(f"--ignore-glob={name}" for name in LONG), *(str(TREE / suite) for suite in SUITES)]
        return subprocess.run(command, env=environment, cwd=place).returncode


if __name__ == "__main__":
    raise SystemExit(main())
