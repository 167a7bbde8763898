"""The random streams: the generator's published answers, one value in all three runners, and plain statistics."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy import special, stats

from lingbao.law.compile import compiled
from lingbao.law.errors import LingbaoError
from lingbao.law.month import month
from lingbao.law.rule import plain
from lingbao.law.trace import traced
from lingbao.simulation.streams import (
    NO_MONTH,
    Purpose,
    normal,
    normal_quantile,
    normal_share,
    normals,
    philox,
    uniform,
    uniforms,
)

ONES = 0xFFFFFFFF
# kat_vectors of Random123 (Salmon and others), rows "philox4x32 10": counter, key, result.
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES, ONES, ONES, ONES), (ONES, ONES), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0),
     (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
]
RUNNERS = [plain, traced, compiled]
MANY = 200_000
MONTHS = [month(2024, 1) + step for step in range(6)]


@pytest.mark.parametrize("runner", RUNNERS)
@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_generator_gives_its_published_answers(runner, counter, key, answer):
    assert tuple(int(word) for word in runner(philox)(*counter, *key)) == answer


@pytest.mark.parametrize("runner", RUNNERS)
def test_uniform_uses_the_first_two_words_of_the_published_answer(runner):
    assert runner(uniform)(0, 0, 0, 0) == ((0x6627E8D5 << 20 | 0xE169C58D >> 12) + 0.5) / 2**52


@pytest.mark.parametrize(("p", "published"), [(0.25, -0.6744897501960817), (0.001, -3.090232306167814), (1e-20, -9.262340089798408)])
def test_normal_quantile_gives_the_check_values_of_as_241(p, published):
    assert normal_quantile(p) == pytest.approx(published, rel=1e-15)


def test_normal_quantile_agrees_with_scipy_over_the_whole_range():
    p = np.concatenate([np.logspace(-16, -1, 500), np.linspace(0.01, 0.99, 999), 1.0 - np.logspace(-12, -1, 500)])
    ours = np.array([normal_quantile(float(each)) for each in p])
    assert ours == pytest.approx(special.ndtri(p), rel=2e-14, abs=1e-15)


def test_normal_share_is_the_inverse_of_the_quantile():
    p = np.linspace(0.001, 0.999, 999)
    assert [normal_share(normal_quantile(float(each))) for each in p] == pytest.approx(p, rel=1e-13)


def test_three_runners_agree_bit_for_bit():
    keys = [(seed, person, when, purpose) for seed in (0, 1, 2**63 - 1) for person in (0, 7, 2**40, 2**63 - 1)
            for when in (NO_MONTH, month(2025, 3)) for purpose in (Purpose.SEX, Purpose.OLD_AGE_VIEW)]
    for function in (uniform, normal):
        one = [function(*key) for key in keys]
        assert [float(traced(function)(*key)) for key in keys] == one
        assert [compiled(function)(*key) for key in keys] == one
        assert len(set(one)) == len(keys)


def test_arrays_hold_what_single_calls_give():
    people = np.array([0, 5, 123_456_789_012])
    assert uniforms(3, people, MONTHS[0], Purpose.AGE).tolist() == [uniform(3, int(p), MONTHS[0], Purpose.AGE) for p in people]
    assert normals(3, people, MONTHS[0], Purpose.AGE).tolist() == [normal(3, int(p), MONTHS[0], Purpose.AGE) for p in people]


def test_order_pieces_and_threads_change_nothing():
    people = np.arange(50_000)
    whole = normals(1, people, NO_MONTH, Purpose.INCOME)
    shuffled = np.random.default_rng(0).permutation(people)
    assert np.array_equal(normals(1, shuffled, NO_MONTH, Purpose.INCOME), whole[shuffled])
    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(lambda part: normals(1, part, NO_MONTH, Purpose.INCOME), np.array_split(people, 37)))
    assert np.array_equal(np.concatenate(parts), whole)


@pytest.mark.parametrize("seed", [1, 2**40])
def test_uniform_numbers_are_uniform_across_people_months_and_purposes(seed):
    people, when = np.arange(MANY), np.arange(month(1990, 1), month(1990, 1) + 5000)
    across_months = np.array([uniform(seed, 1, int(each), Purpose.SEX) for each in when])
    across_purposes = np.array([uniform(seed, 1, MONTHS[0], purpose) for purpose in range(5000)])
    for numbers in (uniforms(seed, people, NO_MONTH, Purpose.SEX), across_months, across_purposes):
        assert numbers.min() > 0.0
        assert numbers.max() < 1.0
        assert stats.kstest(numbers, "uniform").pvalue > 0.001


def test_normal_numbers_have_the_moments_and_shape_of_the_normal_distribution():
    numbers = normals(1, np.arange(MANY), NO_MONTH, Purpose.INCOME)
    assert abs(numbers.mean()) < 4.0 / MANY**0.5
    assert abs(numbers.var() - 1.0) < 4.0 * (2.0 / MANY) ** 0.5
    assert abs((numbers**3).mean()) < 4.0 * (15.0 / MANY) ** 0.5
    assert stats.kstest(numbers, "norm").pvalue > 0.001


def test_streams_of_neighbours_are_uncorrelated():
    people = np.arange(MANY)
    base = normals(1, people, MONTHS[0], Purpose.SEX)
    others = {
        "next person": normals(1, people + 1, MONTHS[0], Purpose.SEX),
        "next seed": normals(2, people, MONTHS[0], Purpose.SEX),
        **{f"month {each}": normals(1, people, each, Purpose.SEX) for each in MONTHS[1:]},
        **{purpose.name: normals(1, people, MONTHS[0], purpose) for purpose in Purpose if purpose is not Purpose.SEX},
    }
    for name, other in others.items():
        assert abs(np.corrcoef(base, other)[0, 1]) < 4.5 / MANY**0.5, name


def test_purposes_are_never_renumbered():
    assert [purpose.value for purpose in Purpose] == list(range(1, len(Purpose) + 1))
    assert Purpose.SEX == 1
    assert Purpose.OLD_AGE_VIEW == 17


@pytest.mark.parametrize(("seed", "people", "when", "named"), [
    (-1, [1], 0, "seed"), (2**63, [1], 0, "seed"), (1.5, [1], 0, "seed"), (1, [-4], 0, "person"), (1, [1], 2**32, "month"),
])
def test_keys_that_cannot_be_are_refused_by_name(seed, people, when, named):
    with pytest.raises(LingbaoError) as caught:
        uniforms(seed, people, when, Purpose.SEX)
    assert caught.value.where == named
    assert caught.value.zh
    assert caught.value.en
