"""Platforms are told without end, beside the desk's long work: ``web/desk/worker.py`` starts this thread.

Two processes may do it at once, and the nightly work besides: each delivery is claimed by one of them.
"""

from __future__ import annotations

import logging
import threading

from django.db import connection
from django.utils import timezone

from lingbao.registry.orders.webhooks_delivery import deliver

PAUSE = 5.0  # seconds between looks for what is due


def begin(stopping: threading.Event | None = None) -> threading.Thread:
    """Tell platforms from now on, in a thread that ends with the process, or once `stopping` is set."""
    thread = threading.Thread(target=_go_on, args=(stopping or threading.Event(),), name="webhooks", daemon=True)
    thread.start()
    return thread


def _go_on(stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            found = deliver(timezone.now())
        except Exception:  # whatever it is, it ends this round and not the telling
            logging.getLogger(__name__).exception("webhooks: this round failed")
            found = []
        connection.close()  # none is held while nothing is done
        if not found:
            stopping.wait(PAUSE)
