"""The kernel gives the same answers as the same months written by hand in C, and as OpenFisca."""

import numpy as np
import pytest
from benchmarks import reference
from benchmarks.lifetime import difference, kernel, openfisca
from benchmarks.lives import task

MOST = 1e-9


@pytest.mark.parametrize("count", [1, 64, 1000])
def test_kernel_and_c_agree(count):
    given = task(count)
    try:
        expected = reference.lifetimes(given, threads=2)
    except reference.NoCompiler as error:
        pytest.skip(str(error))
    assert (expected[:, 3] > 0).all()
    assert difference(kernel(given), expected) <= MOST


def test_kernel_and_openfisca_agree():
    given = task(200)
    run = openfisca(given)
    if run is None:
        pytest.skip("OpenFisca is not installed")
    assert difference(run(), kernel(given)) <= MOST


def test_one_thread_and_two_give_the_same_bits():
    given = task(1000)
    try:
        assert np.array_equal(reference.lifetimes(given, threads=1), reference.lifetimes(given, threads=2))
    except reference.NoCompiler as error:
        pytest.skip(str(error))
