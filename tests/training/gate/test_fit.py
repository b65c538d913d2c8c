"""The gate on drawn vectors: it tells the kinds apart, and is never sure of what is far from all."""

import keras
import numpy as np
import pytest

from dermsplit_training.gate.distances import DERMOSCOPIC, NEITHER, PHONE, fit_distances
from dermsplit_training.gate.fit import build_gate, fit_gate
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
    return fit_gate(vectors, kinds, np.ones(900, np.float32), steps=600, seed=1)[0]


def test_kinds_are_told_apart(gate: keras.Model) -> None:
    for kind in (DERMOSCOPIC, PHONE, NEITHER):
        logits = gate.predict(draw(kind, 200, 1), verbose=0)
        assert (logits.argmax(axis=1) == kind).mean() >= 0.98


def test_what_is_far_away_is_neither_in_every_direction(gate: keras.Model) -> None:
    away = np.random.default_rng(3).normal(size=(500, WIDTH)).astype(np.float32)
    away *= 60 / np.linalg.norm(away, axis=1, keepdims=True)
    assert (neither_log_odds(gate.predict(away, verbose=0)) > 3).all()


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


def test_the_threshold_keeps_false_alarms_below_the_share_in_each_domain() -> None:
    rng = np.random.default_rng(4)
    logits = np.stack([np.zeros(1200), np.full(1200, -9.0), rng.normal(-4, 2, 1200)], axis=1).astype(np.float32)
    domains = np.array(["dermoscopic"] * 1000 + ["phone"] * 200)
    shift = shift_for(logits, domains, share=0.01)
    flagged = neither_log_odds(logits) >= shift
    assert flagged[:1000].mean() <= 0.01
    assert flagged[1000:].mean() <= 0.01
    assert (neither_log_odds(logits) >= shift - 0.6).sum() > flagged.sum()
