"""Every hand-worked case outside the employee pension comes out of rules and parameters."""

from __future__ import annotations

from pathlib import Path

import pytest

from lingbao.law.errors import LingbaoError
from lingbao.law.store import Law
from lingbao.verify.other import ADAPTERS
from lingbao.verify.runner import check, read_cases

FOLDER = Path(__file__).parent.parent / "cases"
CASES = [case for file in sorted(FOLDER.glob("other_*.yaml")) for case in read_cases(file)]


def test_there_are_cases_of_every_topic():
    assert {case.topic for case in CASES} == set(ADAPTERS)
    assert len({case.id for case in CASES}) == len(CASES) > 100


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case):
    failure = check(case, Law.load(), ADAPTERS)
    assert failure is None, failure.reasons


@pytest.mark.parametrize("topic", sorted(ADAPTERS))
def test_an_unknown_kind_is_refused(topic):
    with pytest.raises((LingbaoError, KeyError)):
        ADAPTERS[topic](Law.load(), {"kind": "no such thing"})
