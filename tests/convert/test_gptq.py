"""Kernels in whole numbers that were rounded for what they make of real inputs."""

import numpy as np
import pytest

from dermsplit_convert.gptq import SMALLEST_STEP, round_matrix

RANDOM = np.random.default_rng(4)
MIXED = RANDOM.normal(size=(6, 24))
"""Inputs that go together, as those of a network's layers do, above zero as behind a ReLU."""
GIVEN = np.maximum(RANDOM.normal(size=(4000, 6)) @ MIXED + 1, 0).astype(np.float32)
MATRIX = RANDOM.normal(size=(24, 6)).astype(np.float32)
BIAS = RANDOM.normal(size=6).astype(np.float32)
WANTED = GIVEN @ MATRIX + BIAS


def plain_error(largest: int) -> float:
    """The mean square of what rounding each weight to the nearest step does to the outputs."""
    step = np.abs(MATRIX).max(axis=0) / largest
    return float(((GIVEN @ (np.round(MATRIX / step) * step) + BIAS - WANTED) ** 2).mean())


@pytest.mark.parametrize("largest", [127, 40, 7])
def test_outputs_move_far_less_than_by_rounding_to_the_nearest(largest: int) -> None:
    found = round_matrix(MATRIX, BIAS, GIVEN, WANTED, largest)
    assert found.numbers.dtype == np.int8
    assert np.abs(found.numbers).max() == largest
    made = GIVEN @ found.matrix + found.bias
    assert ((made - WANTED) ** 2).mean() < 0.25 * plain_error(largest)
    assert np.abs((made - WANTED).mean(axis=0)).max() < 0.05 * np.abs(made - WANTED).max()


def test_steps_and_biases_are_float16_numbers_and_products_lose_nothing() -> None:
    found = round_matrix(MATRIX, BIAS, GIVEN, WANTED, 127)
    for values in (found.step, found.bias):
        assert values.dtype == np.float32
        assert np.array_equal(values, values.astype(np.float16).astype(np.float32))
    assert found.matrix.dtype == np.float32
    assert np.array_equal(found.matrix, found.numbers.astype(np.float64) * found.step.astype(np.float64))


def test_it_aims_at_what_is_wanted_of_the_inputs_that_it_gets() -> None:
    off = (1.1 * GIVEN + 0.3).astype(np.float32)
    found = round_matrix(MATRIX, BIAS, off, WANTED, 127)
    kept = off @ MATRIX + BIAS
    assert ((off @ found.matrix + found.bias - WANTED) ** 2).mean() < 0.01 * ((kept - WANTED) ** 2).mean()


def test_a_channel_of_zeros_and_an_input_that_is_never_there_are_no_trouble() -> None:
    matrix, given = MATRIX.copy(), GIVEN.copy()
    matrix[:, 2], given[:, 5] = 0, 0
    found = round_matrix(matrix, np.zeros(6, np.float32), given, given @ matrix, 127)
    assert found.step[2] == SMALLEST_STEP
    assert not found.numbers[:, 2].any()
    assert found.bias[2] == 0
    assert np.isfinite(found.matrix).all()
    # What the missing input weighed stays: another picture may have it.
    assert np.abs(found.matrix[5] - matrix[5]).max() < 0.05 * np.abs(matrix).max()
