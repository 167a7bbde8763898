"""Build the wheel, see that every file of the tree is in it, and run tests of every room against it, away from the tree."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent
SUITES = (
    "unit/test_commands.py", "unit/test_store.py", "unit/test_reform_library.py", "unit/test_lab_commands.py",  # law, planner, kernels and their data
    "web/test_pages.py", "web/test_api.py", "web/test_account.py", "web/test_fund.py", "web/test_serve.py")  # templates, styles, words, the registry's tables
"""Each opens data, templates or SQL as they lie in the wheel; what the code does is tested in the tree."""


def missing(site: Path) -> list[str]:
    """Return the files of the package that the wheel has not, or has otherwise."""
    there = [each for each in (TREE / "src").rglob("*") if each.is_file() and "__pycache__" not in each.parts]
    return [str(name) for each in there for name in [each.relative_to(TREE / "src")]
            if not (site / name).is_file() or (site / name).read_bytes() != each.read_bytes()]


def main() -> int:
    """Return the exit code of the tests run against the wheel."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        site = place / "site"
        subprocess.run([sys.executable, "-m", "build", "--wheel", "--outdir", str(place / "dist"), str(TREE)],
                       check=True, stdout=subprocess.DEVNULL)
        wheel = next((place / "dist").glob("*.whl"))
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel)], check=True)
        lost = missing(site)
        if lost:
            print("not in the wheel as in the tree: " + ", ".join(lost), file=sys.stderr)
            return 1
        environment = {**os.environ, "PYTHONPATH": str(site)}
        where = subprocess.run([sys.executable, "-c", "import lingbao; print(lingbao.__file__)"], env=environment, cwd=place,
                               check=True, capture_output=True, text=True).stdout
        if str(site) not in where:
            print(f"the tests would not run against the wheel but against {where}", file=sys.stderr)
            return 1
        print(f"wheel: {wheel.name}, {wheel.stat().st_size / 1e6:.1f} MB")
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "-c", str(TREE / "pyproject.toml"),
                   "--rootdir", str(TREE), "-p", "no:cacheprovider", *(str(TREE / "tests" / suite) for suite in SUITES)]
        return subprocess.run(command, env=environment, cwd=place).returncode


if __name__ == "__main__":
    raise SystemExit(main())
