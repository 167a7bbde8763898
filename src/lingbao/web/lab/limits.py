"""What one visitor may ask of the laboratory: runs at once, runs a day, people in a run."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from lingbao.law.errors import InputError
from lingbao.web.lab.models import Run, RunRequest
from lingbao.web.lab.visitor import Visitor

GOING = (Run.State.QUEUED, Run.State.RUNNING)


def largest() -> int:
    """Return the most people that a visitor may simulate."""
    return int(settings.LINGBAO_LAB_LARGEST)


def check_size(size: int) -> None:
    """Refuse more people than a visitor may simulate.

    Raises
    ------
    InputError
        If ``size`` is above the limit of this site.
    """
    most = largest()
    if size > most:
        raise InputError(
            "lab.largest", value=size, where="size", zh=f"本站一次最多模拟 {most:,} 人；更多请在自己的电脑上用 lingbao simulate。",
            en=f"This site simulates at most {most:,} people at a time; for more, use 'lingbao simulate' on a computer of your own.",
        )


def check(who: Visitor, uncertain: bool = False) -> None:
    """Refuse a visitor who has too many runs going, or has had too many today; or everyone, when the queue is full.

    Call inside the transaction that adds the run, under its lock. A run with its uncertainty is some forty small ones, so
    of these a visitor has fewer a day.

    Raises
    ------
    InputError
        Saying which limit was met and when to come back.
    """
    mine = RunRequest.objects.filter(address=who.address)
    at_once, a_day, waiting = settings.LINGBAO_LAB_AT_ONCE, settings.LINGBAO_LAB_A_DAY, settings.LINGBAO_LAB_WAITING
    if mine.filter(run__state__in=GOING, withdrawn=False).values("run").distinct().count() >= at_once:
        raise InputError(
            "lab.at_once", value=at_once, zh=f"同时最多运行 {at_once} 个；请等其中一个算完，或取消一个。",
            en=f"At most {at_once} runs at a time; wait for one to end, or cancel one.",
        )
    if mine.filter(made__gt=timezone.now() - timedelta(days=1)).count() >= a_day:
        raise InputError(
            "lab.a_day", value=a_day, zh=f"24 小时内最多新算 {a_day} 个；已算过的结果可以随时查看。",
            en=f"At most {a_day} new runs in 24 hours; results already computed can be read at any time.",
        )
    most_uncertain = settings.LINGBAO_LAB_UNCERTAIN_A_DAY
    if uncertain and mine.filter(made__gt=timezone.now() - timedelta(days=1), run__uncertainty=True).count() >= most_uncertain:
        raise InputError(
            "lab.uncertain_a_day", value=most_uncertain, zh=f"24 小时内最多 {most_uncertain} 次带不确定性的新计算；不带不确定性的可以继续。",
            en=f"At most {most_uncertain} new runs with uncertainty in 24 hours; those without it can go on.",
        )
    if Run.objects.filter(state__in=GOING).count() >= waiting:
        raise InputError(
            "lab.waiting", value=waiting, zh=f"排队已满（{waiting} 个），请过一会儿再试。",
            en=f"The queue is full ({waiting} runs); try again in a while.",
        )
