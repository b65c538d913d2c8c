"""Tails as they may come: with one output or two, with metadata beside the features or without."""

from typing import Any

import numpy as np
import pytest

from dermsplit_contract.bundle import Bundle
from dermsplit_contract.manifest import Manifest
from dermsplit_contract.measures import DomainSpec, Interval, MetadataField, MetadataSpec
from dermsplit_convert.bench.halves import Halves
from dermsplit_convert.golden import draw_lesion
from dermsplit_convert.infer import infer
from dermsplit_convert.keras_file import load_model
from dermsplit_convert.quantise import Quantiser
from dermsplit_convert.split import make_head, with_probabilities

from . import tiny

SHAPE = (2, 2, 4)


@pytest.fixture(scope="module")
def drawn() -> Any:
    """Pictures, uint8 [40, S, S, 3]."""
    return np.stack([draw_lesion(tiny.SIZE, 500 + seed) for seed in range(40)])


def test_the_halves_answer_like_the_whole_network(tiny_converted: Bundle, drawn: Any) -> None:
    manifest = tiny_converted.manifest
    network = load_model(tiny_converted.path("whole.keras"))
    halves = Halves.of(tiny_converted)
    features = halves.features(drawn)
    assert features == pytest.approx(infer(make_head(network, manifest.cut), drawn), abs=1e-4)
    expected = infer(with_probabilities(network, manifest.temperature), drawn)
    assert halves.probabilities(features) == pytest.approx(expected, abs=1e-5)
    assert halves.say(features).malignant == pytest.approx(expected[:, 1], abs=1e-5)


def test_the_bundles_form_is_what_its_own_head_and_tail_do(tiny_converted: Bundle, drawn: Any) -> None:
    halves = Halves.of(tiny_converted)
    wire = halves.form.to_wire(halves.features(drawn))
    assert (wire.dtype, halves.form.levels) == (np.dtype(np.uint8), 256)
    tail = load_model(tiny_converted.path("tail.keras"))
    assert halves.probabilities(halves.form.from_wire(wire)) == pytest.approx(infer(tail, wire), abs=1e-5)


@pytest.mark.parametrize("domains", [False, True])
@pytest.mark.parametrize("width", [0, 3])
def test_two_outputs_and_metadata(tiny_converted: Bundle, domains: bool, width: int) -> None:
    import keras

    quantiser = Quantiser(np.full(4, 8, np.float32), np.full(4, 2, np.float32), 16)
    taken = keras.Input(SHAPE, name="features")
    told = keras.Input((width,), name="metadata") if width else None
    pooled = keras.layers.GlobalAveragePooling2D()(quantiser.dequantise_symbolic(taken))
    joined = pooled if told is None else keras.layers.Concatenate()([pooled, told])
    answer = keras.layers.Dense(2, activation="softmax", name="probabilities")(joined)
    kind = keras.layers.Dense(3, activation="softmax", name="domain_probabilities")(pooled)
    tail = keras.Model([taken, told] if width else taken, [answer, kind] if domains else answer)
    head = keras.Sequential([keras.Input((tiny.SIZE, tiny.SIZE, 3)), keras.layers.Conv2D(4, 33, strides=31)])

    halves = Halves(head, tail, _manifest(tiny_converted, domains, width))
    whole = np.random.default_rng(0).integers(16, size=(40, *SHAPE)).astype(np.uint8)
    given = [whole.astype(np.float32), np.zeros((40, width), np.float32)] if width else whole.astype(np.float32)
    expected = tail.predict(given, verbose=0)
    found = halves.probabilities(halves.form.from_wire(whole))
    assert found == pytest.approx(expected[0] if domains else expected, abs=1e-6)


def _manifest(bundle: Bundle, domains: bool, width: int) -> Manifest:
    interval = Interval(value=0.8, low=0.7, high=0.9)
    field = MetadataField(name="sex", values=["female", "male", "other"])
    metadata = MetadataSpec(fields=[field], helps=True, auc_without=interval, auc_with=interval)
    spec = bundle.manifest.features.model_copy(update={"shape": list(SHAPE), "levels": 16})
    told = {"metadata": metadata if width else None}
    kinds = {"domains": DomainSpec(declined_from=0.5, prevalence={"phone": 0.2}) if domains else None}
    return bundle.manifest.model_copy(update={"features": spec, **told, **kinds})
