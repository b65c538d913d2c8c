"""run.json: what a training leaves for the conversion and for whoever asks where a network came from."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dermsplit_contract.measures import DataSet, DomainSpec, Evaluation, MetadataSpec, NoveltyResult, ShortcutResult
from dermsplit_contract.run import Run
from dermsplit_training.data.picture import Picture
from dermsplit_training.data.prepare import Prepared
from dermsplit_training.data.sources import Source, sources_of
from dermsplit_training.evaluation.calibrate import Calibration
from dermsplit_training.evaluation.measures import evaluate_pictures
from dermsplit_training.evaluation.outcome import Outcome
from dermsplit_training.evaluation.subgroups import group_results
from dermsplit_training.evaluation.versions import installed_versions
from dermsplit_training.learning.state import EpochRow
from dermsplit_training.learning.validation import best_epoch
from dermsplit_training.recipe import Recipe

CALIBRATION_IMAGES = 300


@dataclass(frozen=True)
class Beside:
    """What a run says beyond its training and its evaluations: of its gate, if it has one, and of changed pictures."""

    domains: DomainSpec | None = None
    metadata: MetadataSpec | None = None
    teachers: Sequence[str] = ()
    novelty: Sequence[NoveltyResult] = ()
    shortcuts: Sequence[ShortcutResult] = ()


NOTHING = Beside()


def describe_run(
    prepared: Prepared,
    recipe: Recipe,
    rows: Sequence[EpochRow],
    seconds: float,
    calibration: Calibration,
    outcomes: Sequence[Outcome],
    beside: Beside = NOTHING,
) -> Run:
    """What run.json says, the test part of each of the outcomes' models measured in it.

    With domains the ``calibration`` is what is left to do behind the network: nothing, temperature 1 and no shift.
    """
    classes, sources = prepared.classes, sources_of(recipe.data)
    licences = " and ".join(f"{source.licence} ({source.name})" for source in sources)
    restricted = any("NC" in source.licence for source in sources)
    malignant = np.isin(prepared.labels[prepared.indices("validation")], classes.malignant_indices)
    evaluations: list[Evaluation] = []
    for outcome in [one.of("test") for one in outcomes] if classes.malignant else []:
        said = outcome.malignant_probabilities
        evaluations += evaluate_pictures(outcome.pictures, said, outcome.points, "test", outcome.model, outcome.told)
    return Run(
        name=recipe.name,
        recipe=recipe.model_dump(mode="json"),
        backbone=f"{recipe.network.backbone}_{recipe.network.alpha:g}",
        input_size=recipe.network.input_size,
        labels=list(classes.names),
        malignant=list(classes.malignant),
        temperature=calibration.temperature,
        shift=calibration.shift.tolist(),
        prevalence=float(malignant.mean()),
        operating_points=list(outcomes[0].points),
        evaluations=evaluations,
        metadata=beside.metadata,
        domains=beside.domains,
        novelty=list(beside.novelty),
        shortcuts=list(beside.shortcuts),
        groups=group_results(outcomes[0]),
        data=[_data_set(source, prepared) for source in sources],
        weights_licence=f"{'Non-commercial use only: trained' if restricted else 'Trained'} on images under {licences}",
        epochs=len(rows),
        best_epoch=best_epoch(rows, recipe),
        seconds=round(max(seconds, sum(row["seconds"] for row in rows)), 1),
        split_sha256=prepared.sha256,
        versions=installed_versions(),
        teachers=list(beside.teachers),
        calibration_images=calibration_images(prepared.pictures_of("train"), recipe.train.seed),
    )


def calibration_images(pictures: Sequence[Picture], seed: int, most: int = CALIBRATION_IMAGES) -> list[str]:
    """Paths of at most ``most`` training images, as many of each domain as there are, for a quantiser's ranges."""
    rng = np.random.default_rng(seed)
    domains = list(dict.fromkeys(picture.domain for picture in pictures))
    paths: list[str] = []
    for position, domain in enumerate(domains):
        own = [picture.path for picture in pictures if picture.domain == domain and not picture.copy]
        share = (most - len(paths)) // (len(domains) - position)
        paths += [own[index] for index in rng.permutation(len(own))[:share]]
    return sorted(paths)


def _data_set(source: Source, prepared: Prepared) -> DataSet:
    pairs = zip(prepared.pictures, prepared.parts, strict=True)
    images = Counter(part for picture, part in pairs if picture.data_set == source.name)
    return DataSet(
        name=source.name,
        citation=source.citation,
        doi=source.doi,
        licence=source.licence,
        images=dict(images),
        malignant_means=sorted(source.malignant),
    )
