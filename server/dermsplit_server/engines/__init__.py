"""What runs the tail. An engine is chosen once a bundle, and counts only after the golden case passed on it."""

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.bundle import Bundle
from dermsplit_contract.errors import GoldenMismatch
from dermsplit_server.settings import Engine

Features = NDArray[Any]
Metadata = NDArray[np.float32]
Probabilities = NDArray[np.float32]

GOLDEN_TOLERANCE = 1e-4
"""Largest difference of a probability from the golden case: room for another processor's rounding, not for a flip."""


class Answers(NamedTuple):
    """What a tail says of N items: ``probabilities`` float32 [N, C] in the order of the labels, and ``domains``
    float32 [N, 3] in the order of the manifest's domains, None where the network tells none apart."""

    probabilities: Probabilities
    domains: Probabilities | None = None


class Tail(Protocol):
    """The second part of the network, ready to run from any thread."""

    engine: str

    def __call__(self, features: Features, metadata: Metadata | None = None) -> Answers:
        """Features [N, *shape] in the wire's datatype, and metadata float32 [N, M] where the manifest has it.

        None counts as zeros, which is nothing told.
        """
        ...


def load_tail(bundle: Bundle, engine: Engine, max_batch: int) -> Tail:
    """Load and warm up the tail of an opened bundle, and prove it on the golden case.

    Raises BundleInvalid where the file does not load, GoldenMismatch where it answers something else.
    """
    if engine in ("auto", "keras"):
        # Here, since TensorFlow takes seconds to import and a server may run without it.
        from dermsplit_server.engines.keras import KerasTail

        tail: Tail = KerasTail(bundle, max_batch)
    check_golden(bundle, tail)
    return tail


def check_golden(bundle: Bundle, tail: Tail) -> None:
    """Run the bundle's golden features. Raises GoldenMismatch where a probability is off by more than 1e-4."""
    found = tail(bundle.golden_features())
    _compare(tail, bundle.golden_probabilities(), found.probabilities)
    domains = bundle.golden_domains()
    if domains is not None:
        _compare(tail, domains, np.zeros(0, np.float32) if found.domains is None else found.domains)


def _compare(tail: Tail, expected: Probabilities, found: Probabilities) -> None:
    if found.shape != expected.shape:
        raise GoldenMismatch(f"The golden case gave shape {list(found.shape)}, expected {list(expected.shape)}.")
    difference = float(np.max(np.abs(found - expected)))
    if not difference <= GOLDEN_TOLERANCE:
        raise GoldenMismatch(
            f"The golden case is off by {difference:.2g} on the engine {tail.engine}, at most {GOLDEN_TOLERANCE} is "
            "allowed. Make the bundle again with `dermsplit convert`."
        )
