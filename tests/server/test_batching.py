"""Calls that wait together are run together: each gets its own rows, and one that is at fault fails alone."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from dermsplit_contract.bundle import Bundle
from dermsplit_server.engines import Answers, Features, Metadata, load_tail
from dermsplit_server.engines.batching import BatchingTail
from dermsplit_server.settings import read_settings

from .tiny import LEVELS, SHAPE

WITHIN_S = 20
FAULT = 255


class Counting:
    """A tail that answers with its features' first value and what was told, once it is let through."""

    engine = "counting"

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.batches: list[int] = []
        self.inside = self.most_inside = 0

    def __call__(self, features: Features, metadata: Metadata | None = None) -> Answers:
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        self.batches.append(len(features))
        try:
            assert self.gate.wait(WITHIN_S)
            if (features == FAULT).any():
                raise RuntimeError("a fault")
            told = np.zeros(len(features)) if metadata is None else metadata[:, 0]
            return Answers(np.stack([features[:, 0], told], axis=1).astype(np.float32))
        finally:
            self.inside -= 1


def item(*values: int) -> Features:
    return np.array([[value] for value in values], np.uint8)


def gathered(tail: BatchingTail, counting: Counting, calls: list[tuple[Any, ...]]) -> list[Any]:
    """Every call's answer or error: the first holds the lane until all others wait."""

    def outcome(call: tuple[Any, ...]) -> Any:
        try:
            return tail(*call).probabilities.tolist()
        except RuntimeError as error:
            return str(error)

    with ThreadPoolExecutor(len(calls)) as pool:
        first = pool.submit(outcome, calls[0])
        until(lambda: len(counting.batches) == 1)
        others = []
        for number, call in enumerate(calls[1:], 1):
            others.append(pool.submit(outcome, call))
            until(lambda number=number: len(tail._waiting) == number)
        counting.gate.set()
        return [future.result(WITHIN_S) for future in (first, *others)]


def until(holds: Callable[[], bool]) -> None:
    waited = threading.Event()
    for _ in range(WITHIN_S * 1000):
        if holds():
            return
        waited.wait(0.001)
    raise AssertionError("it did not come to that")


def test_what_waits_is_run_as_one_in_its_order() -> None:
    counting = Counting()
    tail = BatchingTail(counting, largest=4, lanes=1)
    found = gathered(tail, counting, [(item(value),) for value in range(10)])
    assert found == [[[value, 0]] for value in range(10)]
    assert counting.batches == [1, 4, 4, 1]
    assert tail._free == 1


def test_requests_of_several_items_stay_whole() -> None:
    counting = Counting()
    tail = BatchingTail(counting, largest=4, lanes=1)
    calls = [(item(1),), (item(2, 3),), (item(4),), (item(5, 6),), (item(*range(10, 16)),), (item(7),)]
    found = gathered(tail, counting, calls)
    assert [[row[0] for row in rows] for rows in found] == [[1], [2, 3], [4], [5, 6], [*range(10, 16)], [7]]
    assert counting.batches == [1, 3, 2, 6, 1]


def test_one_that_is_at_fault_fails_alone() -> None:
    counting = Counting()
    tail = BatchingTail(counting, largest=8, lanes=1)
    found = gathered(tail, counting, [(item(value),) for value in (1, 2, FAULT, 4)])
    assert found == [[[1, 0]], [[2, 0]], "a fault", [[4, 0]]]
    assert tail._free == 1
    assert tail(item(9)).probabilities.tolist() == [[9, 0]]


def test_metadata_that_some_leave_out_is_zeros() -> None:
    counting = Counting()
    tail = BatchingTail(counting, largest=8, lanes=1)
    told = np.array([[0.5, 1.0]], np.float32)
    found = gathered(tail, counting, [(item(1),), (item(2, 3),), (item(4), told), (item(5), None)])
    assert found == [[[1, 0]], [[2, 0], [3, 0]], [[4, 0.5]], [[5, 0]]]


@pytest.mark.parametrize("lanes", [1, 2, 3])
def test_no_lane_is_lost_and_none_is_added(lanes: int) -> None:
    counting = Counting()
    counting.gate.set()
    tail = BatchingTail(counting, largest=3, lanes=lanes)
    values = np.random.default_rng(4).integers(0, 255, 2000).tolist()
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda value: float(tail(item(value)).probabilities[0, 0]), values))
    assert found == values
    assert tail._free == lanes
    assert counting.most_inside <= lanes
    assert sum(counting.batches) == len(values)


def test_on_openvino_a_batch_gives_what_each_gives_alone(fast: Bundle) -> None:
    alone, together = (load_tail(fast, read_settings(threads=1, batch=batch)) for batch in (1, 8))
    assert isinstance(together, BatchingTail)
    assert not isinstance(alone, BatchingTail)
    items = np.random.default_rng(2).integers(0, LEVELS, (200, 1, *SHAPE), dtype=np.uint8)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: together(one).probabilities, items))
    np.testing.assert_allclose(found, [alone(one).probabilities for one in items], atol=1e-6)
