"""The monthly payment of a million pensioners, and the same run once more, which pays nobody.

Run with ``python -m benchmarks.payment --pensioners 1000000``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks.report import Section, seconds


def measure(pensioners: int = 1_000_000) -> Section:
    """Pay one province's month in chunks, each a transaction with default durability; print what it came to."""
    os.environ["LINGBAO_DATA"] = tempfile.mkdtemp(prefix="lingbao-payment-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "lingbao.web.settings"
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    from django.core.management import call_command

    sys.path.insert(0, str(Path(__file__).parent.parent / "tests/registry/benefits"))
    import pensioners as made

    from lingbao.registry.benefits.payment import pay

    call_command("migrate", verbosity=0, interactive=False)
    begun = time.perf_counter()
    made.make(pensioners)
    loading = time.perf_counter() - begun
    number = made.run(made.FIRST)
    section = Section("Monthly payment of pensions", f"python -m benchmarks.payment --pensioners {pensioners}",
                      ("what", "pensions", "time", "pensions/s", "answer"))
    section.rows.append(("accounts and claims made", f"{pensioners:,}", seconds(loading), "", ""))
    for what in ("the run", "the same run again"):
        begun = time.perf_counter()
        answer = pay(number, actor=9, today=date(2025, 4, 15))
        took = time.perf_counter() - begun
        section.rows.append((what, f"{answer.payments:,}", seconds(took), f"{answer.payments / took:,.0f}", f"{answer.fen / 100:,.2f} yuan"))
    wanted = sum(300_000 + n % 1000 for n in range(1, pensioners + 1))
    count, fen, payable = made.paid()
    section.notes.append(f"On record afterwards: {count:,} payments, {fen / 100:,.2f} yuan, as payable {payable / 100:,.2f};"
                         f" expected {wanted / 100:,.2f}: {'the same' if (count, fen, payable) == (pensioners, wanted, wanted) else 'WRONG'}.")
    return section


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--pensioners", type=int, default=1_000_000)
    print(measure(arguments.parse_args().pensioners).markdown())
