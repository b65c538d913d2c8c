"""What runs the tail. An engine is chosen once a bundle, and counts only after the golden case passed on it."""

import logging
from importlib.util import find_spec
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.bundle import TAIL_BIN, TAIL_XML, Bundle
from dermsplit_contract.errors import BundleInvalid, GoldenMismatch
from dermsplit_server.settings import Engine, Settings

log = logging.getLogger("dermsplit.engines")

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


def load_tail(bundle: Bundle, settings: Settings) -> Tail:
    """Load and warm up the tail of an opened bundle, and prove it on the golden case.

    Raises BundleInvalid where the engine's file is missing or does not load, GoldenMismatch where it answers
    something else, ModuleNotFoundError where the engine is not installed.
    """
    tail: Tail
    # Each engine is imported where it is taken: TensorFlow takes seconds, and a server may run without it.
    if choose_engine(bundle, settings.engine) == "openvino":
        from dermsplit_server.engines.openvino import OpenVinoTail

        tail = OpenVinoTail(bundle, settings.max_batch, settings.threads, settings.engine_threads)
    else:
        from dermsplit_server.engines.keras import KerasTail

        tail = KerasTail(bundle, settings.max_batch)
    check_golden(bundle, tail)
    if settings.batch == 1:
        return tail
    from dermsplit_server.engines.batching import BatchingTail

    return BatchingTail(tail, settings.batch, settings.threads)


def choose_engine(bundle: Bundle, wished: Engine) -> Literal["openvino", "keras"]:
    """The engine for a bundle, and a line in the log that says why.

    Raises BundleInvalid where OpenVINO is asked for and the bundle carries nothing for it.
    """
    name, carried = bundle.manifest.id, {TAIL_XML, TAIL_BIN} <= bundle.manifest.files.keys()
    if wished == "openvino" and not carried:
        raise BundleInvalid(
            f"The bundle {name} carries no {TAIL_XML}, which the engine openvino needs. Make the bundle again with "
            "`dermsplit convert`, or serve it with --engine keras."
        )
    if wished != "auto":
        log.info("bundle %s runs on %s, as asked", name, wished)
        return wished
    if not carried:
        log.info("bundle %s runs on keras: it carries no %s", name, TAIL_XML)
        return "keras"
    if find_spec("openvino") is None:
        log.info("bundle %s runs on keras: openvino is not installed", name)
        return "keras"
    log.info("bundle %s runs on openvino", name)
    return "openvino"


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
