"""The random streams under any keys: one value in every runner, inside (0, 1), and no two keys alike."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from lingbao.law.compile import compiled
from lingbao.law.trace import traced
from lingbao.simulation.streams import high_word, low_word, normal, normal_quantile, philox, uniform

WORD = st.integers(0, 2**32 - 1)
KEY = st.integers(0, 2**63 - 1)
KEYS = st.tuples(KEY, KEY, WORD, WORD)


@settings(deadline=None)  # the first call compiles
@given(WORD, WORD)
@example(2**32 - 1, 2**32 - 1)
def test_both_words_of_a_product_are_exact(one, other):
    product = one * other
    for high, low in ((high_word, low_word), (compiled(high_word), compiled(low_word))):
        assert int(high(one, other)) == product >> 32
        assert int(low(one, other)) == product & 0xFFFFFFFF


@given(KEYS)
@example((0, 0, 0, 0))
@example((2**63 - 1, 2**63 - 1, 2**32 - 1, 2**32 - 1))
@settings(max_examples=300, deadline=None)
def test_all_runners_give_the_same_bits_inside_the_open_interval(keys):
    value = uniform(*keys)
    assert 0.0 < value < 1.0
    assert traced(uniform)(*keys) == value
    assert compiled(uniform)(*keys) == value
    assert traced(normal)(*keys) == normal(*keys)
    assert compiled(normal)(*keys) == normal(*keys)


@given(KEYS, st.integers(0, 3), st.integers(0, 31))
def test_one_bit_of_any_key_changes_the_number(keys, position, bit):
    other = list(keys)
    other[position] ^= 1 << bit
    assert uniform(*other) != uniform(*keys)


@given(st.tuples(WORD, WORD, WORD, WORD), st.tuples(WORD, WORD, WORD, WORD), st.tuples(WORD, WORD))
def test_two_counters_never_meet_under_one_key(one, other, key):
    assert (philox(*one, *key) == philox(*other, *key)) == (one == other)


@given(st.floats(1e-300, 0.5, exclude_max=True))
def test_the_quantile_is_odd_and_rises(p):
    assert normal_quantile(p) < 0.0
    assert normal_quantile(p) <= normal_quantile(min(p * (1.0 + 1e-6), 0.5))
    if p > 1e-3:
        assert abs(normal_quantile(1.0 - p) + normal_quantile(p)) < 1e-12
