from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dermsplit_contract.bundle import NUMPY_DTYPE
from dermsplit_contract.errors import DataInvalid, UsageError
from dermsplit_convert.decisions import Said
from dermsplit_convert.golden import draw_lesion
from dermsplit_convert.infer import infer
from dermsplit_convert.inputs import choose_images, load_inputs
from dermsplit_convert.quantise import LEVELS, Quantiser, calibrate, quantiser_for, read_quantiser
from dermsplit_convert.split import make_head, make_tail

from . import tiny

PICTURES = np.stack([draw_lesion(tiny.SIZE, seed) for seed in range(8)]).astype(np.float32)


def features_of(seed: int, scale: float = 1.0, shift: float = 0.0) -> Any:
    random = np.random.default_rng(seed)
    spread = np.exp(random.normal(size=5)) * scale
    return (random.normal(size=(20, 3, 3, 5)) * spread + random.normal(size=5) * shift).astype(np.float32)


@given(st.integers(0, 1000), st.sampled_from(LEVELS), st.floats(0.1, 100), st.floats(0, 10))
def test_inside_the_range_the_error_is_at_most_half_a_step(seed: int, levels: int, scale: float, shift: float) -> None:
    features = features_of(seed, scale, shift)
    quantiser = quantiser_for(features, levels, clipped=0.0)
    whole = quantiser.quantise(features)
    assert whole.dtype == np.uint8
    assert whole.max() <= levels - 1
    exact = features.astype(np.float64) * quantiser.scale + quantiser.offset
    inside = (exact >= 0) & (exact <= levels - 1)
    # float16 scales end the range a little earlier or later than the data does.
    assert inside.mean() > 0.98
    half_a_step = np.broadcast_to(0.5 / quantiser.scale, features.shape)
    error = np.abs(quantiser.dequantise(whole) - features)
    assert np.all(error[inside] <= half_a_step[inside] * (1 + 1e-3) + 1e-5 * np.abs(features[inside]))


@given(st.integers(0, 1000), st.sampled_from(LEVELS))
def test_scale_and_offset_are_float16_numbers(seed: int, levels: int) -> None:
    quantiser = quantiser_for(features_of(seed), levels, clipped=0.001)
    for values in (quantiser.scale, quantiser.offset):
        assert np.array_equal(values, values.astype(np.float16).astype(np.float32))
        assert np.isfinite(values).all()


def test_a_channel_that_never_changes_stays_what_it_is() -> None:
    features = np.full((4, 2, 2, 3), [0.0, 2.0, -1.0], np.float32)
    quantiser = quantiser_for(features, 256, clipped=0.0)
    assert np.abs(quantiser.dequantise(quantiser.quantise(features)) - features).max() < 5e-3


@pytest.mark.parametrize("levels", LEVELS)
def test_graph_and_numpy_agree_and_the_head_gives_whole_numbers(tiny_network: Any, levels: int) -> None:
    features = infer(make_head(tiny_network, tiny.CUT), PICTURES)
    quantiser = quantiser_for(features, levels, clipped=0.01)
    whole = infer(make_head(tiny_network, tiny.CUT, quantiser), PICTURES)
    assert np.array_equal(whole, np.round(whole))
    assert (whole.min(), whole.max()) == (0.0, levels - 1)
    assert np.array_equal(whole, quantiser.quantise(features))
    resumed = infer(make_tail(tiny_network, tiny.CUT, 1.0), quantiser.dequantise(whole))
    tail = make_tail(tiny_network, tiny.CUT, 1.0, quantiser)
    assert np.abs(infer(tail, whole) - resumed).max() <= 1e-5
    read = read_quantiser(tail, levels)
    assert np.array_equal(read.scale, quantiser.scale)
    assert np.array_equal(read.offset, quantiser.offset)


def said(malignant: Any, threshold: float) -> Said:
    """These probabilities with the decisions at the threshold."""
    return Said(malignant, np.where(malignant >= threshold, "suspicious", "not_suspicious"))


def test_calibration_takes_what_changes_the_answer_least() -> None:
    features = features_of(3)
    features[0, 0, 0] = 1000.0  # one outlier would spread the levels so thin that nothing is left of the rest

    def probability(values: Any) -> Any:
        return 1 / (1 + np.exp(-np.median(values, axis=(1, 2)).sum(axis=1)))

    chosen = calibrate(features, 16, lambda values: said(probability(values), 0.5))
    assert chosen.clipped > 0
    assert chosen.images == 20
    everything = quantiser_for(features, 16, clipped=0.0)
    naive = probability(everything.dequantise(everything.quantise(features)))
    assert chosen.mean_difference < np.abs(naive - probability(features)).mean()


def test_flips_are_counted_at_the_threshold() -> None:
    features = np.linspace(0, 1, 101, dtype=np.float32).reshape(-1, 1)
    chosen = calibrate(features, 2, lambda values: said(values[:, 0], 0.25))
    rounded = chosen.quantiser.dequantise(chosen.quantiser.quantise(features))[:, 0]
    assert chosen.flips == ((rounded >= 0.25) != (features[:, 0] >= 0.25)).sum()
    assert chosen.flips > 10


@pytest.fixture(scope="module")
def real_features(shared_data: Path, tiny_network: Any) -> Any:
    """What the tiny head makes of real images: float32 [40, 2, 2, 56]."""
    names = [name for names in choose_images(shared_data, 40).values() for name in names]
    return infer(make_head(tiny_network, tiny.CUT), load_inputs(shared_data, names, tiny.SIZE))


@pytest.mark.parametrize("levels", LEVELS)
def test_ranges_calibrated_on_real_images(tiny_network: Any, real_features: Any, levels: int) -> None:
    tail = make_tail(tiny_network, tiny.CUT, tiny.TEMPERATURE)
    chosen = calibrate(real_features, levels, lambda values: said(infer(tail, values)[:, 1], 0.5))
    quantiser = chosen.quantiser
    assert quantiser.scale.shape == quantiser.offset.shape == (56,)
    exact = real_features.astype(np.float64) * quantiser.scale + quantiser.offset
    inside = (exact >= 0) & (exact <= levels - 1)
    # What lies outside was clipped on purpose, a share of at most ``clipped`` at each end of a channel.
    assert inside.mean() > 1 - 2 * chosen.clipped - 0.04
    half_a_step = np.broadcast_to(0.5 / quantiser.scale, real_features.shape)
    error = np.abs(quantiser.dequantise(quantiser.quantise(real_features)) - real_features)
    assert np.all(error[inside] <= half_a_step[inside] * (1 + 1e-3) + 1e-5 * np.abs(real_features[inside]))
    found = infer(tail, quantiser.dequantise(quantiser.quantise(real_features)))[:, 1]
    assert np.abs(found - infer(tail, real_features)[:, 1]).max() == pytest.approx(chosen.largest_difference, abs=1e-6)


@pytest.mark.parametrize(("datatype", "relative"), [("FP32", 0.0), ("FP16", 2.0**-11)])
def test_floats_cross_without_ranges(real_features: Any, datatype: Any, relative: float) -> None:
    crossed = real_features.astype(NUMPY_DTYPE[datatype]).astype(np.float32)
    # Below float16's smallest normal number the step stays 2 ** -24.
    assert np.all(np.abs(crossed - real_features) <= relative * np.abs(real_features) + relative * 2.0**-14)


def test_ranges_need_images() -> None:
    empty = np.zeros((0, 3, 3, 5), np.float32)
    with pytest.raises(DataInvalid, match="at least one calibration image"):
        quantiser_for(empty, 256, clipped=0.0)
    with pytest.raises(DataInvalid, match="at least one calibration image"):
        calibrate(empty, 256, lambda values: said(values[:, 0, 0, 0], 0.5))


def test_features_that_are_no_numbers_are_refused() -> None:
    features = features_of(1)
    features[3, 1, 1, 2] = np.inf
    with pytest.raises(DataInvalid, match="finite numbers"):
        quantiser_for(features, 256, clipped=0.0)


def test_levels_that_are_not_offered_are_refused() -> None:
    with pytest.raises(UsageError, match=r"one of 256, 16, 4, 2, got 8\."):
        quantiser_for(features_of(1), 8, clipped=0.0)


def test_rounding_is_half_to_even_as_in_tfjs() -> None:
    quantiser = Quantiser(np.ones(1, np.float32), np.zeros(1, np.float32), 16)
    values = np.array([[0.5], [1.5], [2.5], [-3.0], [15.4], [99.0]], np.float32)
    assert quantiser.quantise(values).ravel().tolist() == [0, 2, 2, 0, 15, 15]
