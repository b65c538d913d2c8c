"""Averages of weights, and the statistics that belong to them."""

from typing import Any

import keras
import numpy as np

from dermsplit_training.learning.averaging import Averaging

Layers = tuple[keras.Model, keras.layers.Dense, keras.layers.BatchNormalization]


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Four batches of eight rows."""

    def __len__(self) -> int:
        return 4

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        rng = np.random.default_rng(index)
        return rng.normal(3, 2, (8, 5)).astype(np.float32), np.eye(2, dtype=np.float32)[rng.integers(0, 2, 8)]


def build(**average: Any) -> Layers:
    keras.utils.set_random_seed(1)
    dense, norm = keras.layers.Dense(4), keras.layers.BatchNormalization(momentum=0.9)
    inner = keras.Sequential([keras.Input((5,)), dense, norm])
    inputs = keras.Input((5,))
    model = keras.Model(inputs, keras.layers.Dense(2)(inner(inputs)))
    model.compile(keras.optimizers.SGD(0.1, **average), keras.losses.CategoricalCrossentropy(from_logits=True))
    return model, dense, norm


def test_the_average_is_in_place_until_what_was_learned_is_put_back() -> None:
    averaging = Averaging()
    model, dense, norm = build(use_ema=True, ema_momentum=0.9)
    model.fit(Batches(), verbose=0, callbacks=[averaging])
    averaged = dense.get_weights()[0]
    averaging.take_statistics(Batches())
    rows = np.concatenate([np.asarray(dense(Batches()[index][0])) for index in range(4)])
    np.testing.assert_allclose(norm.moving_mean, rows.mean(axis=0), rtol=1e-4)
    assert norm.momentum == 0.9

    averaging.put_back()
    plain, plain_dense, plain_norm = build()
    steps: list[Any] = []

    class Steps(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
            steps.append(plain_dense.get_weights()[0])

    plain.fit(Batches(), verbose=0, callbacks=[Steps()])
    expected = steps[0]
    for weights in steps[1:]:
        expected = 0.9 * expected + 0.1 * weights
    np.testing.assert_allclose(averaged, expected, rtol=1e-4)
    np.testing.assert_allclose(dense.get_weights()[0], plain_dense.get_weights()[0], rtol=1e-5)
    np.testing.assert_allclose(norm.moving_mean, plain_norm.moving_mean, rtol=1e-5)


def test_without_an_average_nothing_is_touched() -> None:
    averaging = Averaging()
    model, _, norm = build()
    model.fit(Batches(), verbose=0, callbacks=[averaging])
    after = [np.asarray(variable) for variable in model.variables]
    averaging.take_statistics(Batches())
    averaging.put_back()
    for variable, value in zip(model.variables, after, strict=True):
        np.testing.assert_array_equal(variable, value)
    assert norm.momentum == 0.9
