"""A trained network with its gate: learned, judged, calibrated by domain, and laid on the network."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.measures import DomainSpec, NoveltyResult
from dermsplit_training.data.prepare import Prepared
from dermsplit_training.evaluation.calibrate import softmax
from dermsplit_training.gate.attach import attach_gate
from dermsplit_training.gate.calibrate import DOMAINS, DomainCalibration
from dermsplit_training.gate.fit import Tensors
from dermsplit_training.gate.learn import LearnedGate, learn_gate
from dermsplit_training.gate.novelty import judge_novelty
from dermsplit_training.gate.reader import Reader
from dermsplit_training.gate.threshold import DECLINED_FROM
from dermsplit_training.networks.bottleneck import BOTTLENECK
from dermsplit_training.recipe import Recipe


@dataclass(frozen=True)
class Gate:
    """A learned gate with what it says of all prepared pictures, logits float32 [N, 3], and how well it marks."""

    learned: LearnedGate
    crossing: Any
    """What the gate looks at, the network's own, symbolic [N, ...]."""
    said: NDArray[np.float32]
    novelty: list[NoveltyResult]
    domain_accuracy: dict[str, float]
    """By data set: the share of its test pictures whose likelier domain is theirs."""

    @property
    def shares(self) -> NDArray[np.float64]:
        """How much of each domain every picture is, neither left out of account: float64 [N, 2]."""
        return softmax(self.said[:, :2])

    def lay_on(self, network: keras.Model, calibration: DomainCalibration) -> keras.Model:
        """The network with calibrated logits and domain probabilities as its outputs."""
        return attach_gate(network, self.crossing, self.learned.model, self.learned.known, calibration)


def cut_of(recipe: Recipe) -> str:
    """The layer that the network is to be cut at, if the recipe has one: its bottleneck."""
    return BOTTLENECK if recipe.bottleneck.behind else ""


def open_gate(reader: Reader, tensors: Tensors, prepared: Prepared, recipe: Recipe, data: Path | None) -> Gate:
    """Learn the gate of the reader's network from what crosses, [N, ...], for all prepared pictures, and judge it.

    Raises DataInvalid where a domain has no pictures.
    """
    settings = recipe.gate
    learned = learn_gate(reader, tensors, prepared, settings, recipe.train.seed)
    novelty = judge_novelty(reader, learned.logits, tensors, prepared, settings.images // 2, data)
    said = learned.logits(tensors)
    return Gate(learned, reader.crossing, said, novelty, _domain_accuracy(said, prepared))


def domain_spec(prepared: Prepared) -> DomainSpec:
    """What run.json says of the domains: the prevalence is that of the validation images calibrated on."""
    validation = prepared.indices("validation")
    malignant = np.isin(prepared.labels[validation], prepared.classes.malignant_indices)
    by_domain = {domain: float(malignant[prepared.domains[validation] == domain].mean()) for domain in DOMAINS}
    return DomainSpec(declined_from=DECLINED_FROM, prevalence=by_domain)


def _domain_accuracy(said: NDArray[np.float32], prepared: Prepared) -> dict[str, float]:
    test = prepared.indices("test")
    right = np.array(DOMAINS)[said[test, :2].argmax(axis=1)] == prepared.domains[test]
    sets = np.array([picture.data_set for picture in prepared.pictures_of("test")])
    return {str(name): float(right[sets == name].mean()) for name in np.unique(sets)}
