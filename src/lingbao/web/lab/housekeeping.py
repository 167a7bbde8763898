"""What the laboratory forgets: addresses after two days, reforms nobody ran, results when room runs out."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from lingbao.web.lab import folder, stored
from lingbao.web.lab.models import Run, RunRequest

ADDRESS_DAYS = 2  # limits look back one day
GIGABYTE = 1e9


def tidy() -> None:
    """Forget what is no longer needed; called by the worker as it starts and after each run."""
    RunRequest.objects.filter(made__lt=timezone.now() - timedelta(days=ADDRESS_DAYS)).exclude(address="").update(address="")
    stored.forget_unused()
    make_room(settings.LINGBAO_LAB_DISK * GIGABYTE)


def make_room(most: float) -> list[str]:
    """Delete the files of the oldest results until the rest fits, and return their keys.

    Results of ``lingbao precompute`` stay. A result that was deleted can be computed again, to the same figures, from
    its page.

    Parameters
    ----------
    most : float
        Room for all results [bytes].
    """
    done = Run.objects.filter(state=Run.State.DONE).order_by("finished").values_list("key", "prepared")
    sizes = {key: folder.size_of(key) for key, _ in done}
    total, removed = sum(sizes.values()), []
    for key, prepared in done:
        if total <= most:
            break
        if not prepared and sizes[key]:
            folder.remove(key)
            total -= sizes[key]
            removed.append(key)
    return removed
