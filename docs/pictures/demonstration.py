"""A site of its own with the demonstration nation, for the pictures: its people, its staff and its platforms do not exist."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PEOPLE = "20000"
PASSWORD = "correct horse battery"
PHONE = "13900000000"  # of the worker who signs in
PROVINCE = "31"  # of the platform
START_SECONDS = 300.0
LINGBAO = [sys.executable, "-c", "from lingbao.cli import main; main()"]


@contextmanager
def site() -> Iterator[str]:
    """Fill a registry of its own and serve it; yield the address."""
    folder = Path(tempfile.mkdtemp(prefix="pictures-"))
    folder.chmod(0o755)
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    environment = os.environ | {"LINGBAO_DATA": str(folder / "data"), "LINGBAO_PAGE_RATE": "100000/m", "LINGBAO_API_RATE": "100000/m"}
    environment.pop("DATABASE_URL", None)
    for command in ([*LINGBAO, "registry", "migrate"], [*LINGBAO, "registry", "demo", "--people", PEOPLE], [sys.executable, __file__]):
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    process = subprocess.Popen([*LINGBAO, "serve", "--demonstration", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        limit = time.monotonic() + START_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"{address}/desk/sign-in/", timeout=30):
                    break
            except OSError:
                if process.poll() is not None or time.monotonic() > limit:
                    raise
                time.sleep(0.2)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def fill() -> None:
    """Give a worker of a platform, a clerk and the platform's engineer a password each."""
    from django.contrib.auth import get_user_model
    from django.db import connection

    from lingbao.registry.people.actors import appoint
    from lingbao.registry.session import SYSTEM, run_as
    from lingbao.web.account.logins import login_of, open_login

    def staff() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT CASE WHEN state IN ('letter_sent', 'form_sent') THEN from_province ELSE to_province END FROM transfer_case"
                           " WHERE state IN ('applied', 'letter_sent', 'form_sent', 'money_sent', 'received') GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1")
            busiest = cursor.fetchone()[0]  # where most transfers wait
            cursor.execute("SELECT g.id, p.id FROM people_agency g, orders_platform p WHERE g.province = %s AND p.province = %s", [busiest, PROVINCE])
            agency, platform = cursor.fetchone()
            cursor.execute("SELECT l.person_id FROM orders_worker_link l JOIN orders_worker w ON w.id = l.worker_id AND w.platform_id = %s"
                           " JOIN enrolment_membership m ON m.person_id = l.person_id AND m.until IS NULL AND m.scheme = 'employee'"
                           " JOIN record_month r ON r.person_id = l.person_id GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1", [platform])
            person = cursor.fetchone()[0]
        appoint("worker", "本人", login=login_of(PHONE), person=person)
        appoint("clerk", "示例经办员", login="clerk", agency=agency)
        appoint("platform", "示例工程师", login="engineer", platform=platform)

    run_as(SYSTEM, staff)
    open_login(PHONE, PASSWORD)
    for login in ("clerk", "engineer"):
        get_user_model().objects.create_user(username=login, password=PASSWORD)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "lingbao.web.settings"
    import django

    django.setup()
    fill()
