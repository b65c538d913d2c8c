"""The gate on drawn vectors: it tells the kinds apart, and is never sure of what is far from all."""

from itertools import pairwise

import keras
import numpy as np
import pytest

from dermsplit_training.gate.distances import DERMOSCOPIC, NEITHER, PHONE, fit_distances
from dermsplit_training.gate.fit import build_gate, fit_gate
from dermsplit_training.gate.layers import members_of
from dermsplit_training.gate.negatives.features import draw_features
from dermsplit_training.gate.surface import fit_surface
from dermsplit_training.gate.threshold import neither_log_odds, shift_for

WIDTH = 12


def draw(kind: int, count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng((kind, seed))
    centre = np.zeros(WIDTH)
    centre[kind] = 6
    return (rng.normal(size=(count, WIDTH)) + centre).astype(np.float32)


@pytest.fixture(scope="module")
def gate() -> keras.Model:
    vectors = np.concatenate([draw(kind, 300, 0) for kind in (DERMOSCOPIC, PHONE, NEITHER)])
    kinds = np.repeat([DERMOSCOPIC, PHONE, NEITHER], 300)
    return fit_gate(vectors, kinds, np.ones(900, np.float32), steps=200, seed=1)[0]


def test_kinds_are_told_apart(gate: keras.Model) -> None:
    for kind in (DERMOSCOPIC, PHONE, NEITHER):
        logits = gate.predict(draw(kind, 200, 1), verbose=0)
        assert (logits.argmax(axis=1) == kind).mean() >= 0.98


def test_what_is_far_away_is_neither_in_every_direction(gate: keras.Model) -> None:
    away = np.random.default_rng(3).normal(size=(500, WIDTH)).astype(np.float32)
    away *= 60 / np.linalg.norm(away, axis=1, keepdims=True)
    assert (neither_log_odds(gate.predict(away, verbose=0)) > 3).all()


def test_what_it_says_is_the_mean_of_networks_that_learned_apart(gate: keras.Model) -> None:
    vectors = np.concatenate([draw(kind, 50, 2) for kind in (DERMOSCOPIC, PHONE, NEITHER)])
    said = [member.predict(vectors, verbose=0) for member in members_of(gate)]
    assert gate.predict(vectors, verbose=0) == pytest.approx(np.mean(said, axis=0), rel=1e-3, abs=1e-3)
    for member, other in pairwise(said):
        assert (member.argmax(axis=1) == other.argmax(axis=1)).mean() >= 0.9
        assert np.abs(member - other).max() > 0.1


def test_squared_distances_are_mahalanobis() -> None:
    vectors = np.concatenate([draw(DERMOSCOPIC, 400, 5), draw(PHONE, 400, 5)])
    kinds = np.repeat([DERMOSCOPIC, PHONE], 400)
    found = fit_distances(vectors, kinds)
    built = build_gate(found)
    names = [f"gate_from_{name}" for name in ("dermoscopic", "phone")]
    distances = keras.Model(built.inputs, [built.get_layer(name).output for name in [*names, "gate_outside"]])
    to_own, to_other, outside = (np.asarray(one)[:, 0] for one in distances(vectors[:400]))
    scaled = (vectors - found.mean) / found.deviation
    inside = scaled @ found.directions
    expected = ((inside[:400] - found.centres[0]) @ found.whitening) ** 2
    assert to_own == pytest.approx(expected.sum(axis=1), rel=1e-3, abs=1e-3)
    assert to_own.mean() == pytest.approx(found.directions.shape[1], rel=0.2)
    assert (to_other > to_own).mean() > 0.98
    assert outside == pytest.approx(((scaled - inside @ found.directions.T)[:400] ** 2).sum(axis=1), rel=1e-3, abs=1e-3)


def draw_maps(count: int, seed: int) -> np.ndarray:
    """Maps whose three channels go together and on from place to place."""
    rng = np.random.default_rng(seed)
    slope = np.linspace(-1, 1, 5)
    plane = rng.normal(size=(count, 1, 1)) + rng.normal(size=(count, 1, 1)) * slope + slope[:, None]
    noise = rng.normal(scale=0.1, size=(count, 5, 5, 3))
    return (plane[..., None] * np.array([1.0, -2.0, 0.5]) + noise).astype(np.float32)


def test_maps_are_told_from_what_has_the_same_values_in_another_order() -> None:
    lens, phone = draw_maps(400, 0), draw_maps(400, 1) + 4
    others = [draw_features("features_mixed_channels", 600, 2, lens), draw_features("features_uniform", 600, 2, phone)]
    maps = np.concatenate([lens, phone, *others])
    kinds = np.repeat([DERMOSCOPIC, PHONE, NEITHER], [400, 400, 1200])
    gate, known = fit_gate(maps, kinds, np.ones(2000, np.float32), steps=400, seed=1)
    for kind, drawn in ((DERMOSCOPIC, draw_maps(200, 3)), (PHONE, draw_maps(200, 4) + 4)):
        assert (gate.predict(drawn, verbose=0).argmax(axis=1) == kind).mean() >= 0.95
    mixed = draw_features("features_mixed_channels", 200, 5, draw_maps(200, 3))
    assert (gate.predict(mixed, verbose=0).argmax(axis=1) == NEITHER).mean() >= 0.9
    away = 50 * np.random.default_rng(6).normal(size=(200, 5, 5, 3)).astype(np.float32)
    assert (neither_log_odds(gate.predict(away, verbose=0)) > 3).all()
    assert known.shape == (5, 5, 3)


def test_places_distances_are_mahalanobis() -> None:
    maps = draw_maps(300, 7)
    found = fit_surface(maps)
    built = build_gate(found)
    both = np.asarray(keras.Model(built.inputs, built.get_layer("gate_places_away").output)(maps))
    distances = (((maps - found.mean) @ found.whitening) ** 2).mean(axis=-1)
    expected = np.stack([distances.mean(axis=(1, 2)), distances.max(axis=(1, 2))], axis=1)
    assert both == pytest.approx(expected, rel=1e-3)
    assert found.furthest == pytest.approx(both.max(axis=0), rel=1e-3)
    assert distances.mean() == pytest.approx(1, rel=0.05)


def test_the_threshold_keeps_false_alarms_below_the_share_in_each_domain() -> None:
    rng = np.random.default_rng(4)
    logits = np.stack([np.zeros(1200), np.full(1200, -9.0), rng.normal(-4, 2, 1200)], axis=1).astype(np.float32)
    domains = np.array(["dermoscopic"] * 1000 + ["phone"] * 200)
    shift = shift_for(logits, domains, share=0.01)
    flagged = neither_log_odds(logits) >= shift
    assert flagged[:1000].mean() <= 0.01
    assert flagged[1000:].mean() <= 0.01
    assert (neither_log_odds(logits) >= shift - 0.6).sum() > flagged.sum()
