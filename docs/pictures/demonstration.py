"""A site of its own with the demonstration nation, for the pictures: its people, its staff and its platforms do not exist."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "e2e"))
from desk_site import LINGBAO, PASSWORD, own_folder, served

PEOPLE = "20000"
PHONE = "13900000000"  # of the worker who signs in
PROVINCE = "31"  # of the platform


@contextmanager
def site() -> Iterator[str]:
    """Fill a registry of its own and serve it; yield the address."""
    with own_folder() as (folder, environment):
        for command in ([*LINGBAO, "registry", "migrate"], [*LINGBAO, "registry", "demo", "--people", PEOPLE], [sys.executable, __file__]):
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        with served(folder, environment, "--demonstration") as address:
            yield address


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
                           " JOIN record_month r ON r.person_id = l.person_id WHERE NOT EXISTS (SELECT FROM people_actor a WHERE a.person_id = l.person_id) GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1", [platform])
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
