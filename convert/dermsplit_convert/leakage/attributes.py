"""What features tell about the person: logistic regression beside always saying the commonest value."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.measures import AttributeResult, Interval
from dermsplit_convert.bench.auc import draw_groups, weighted_auc
from dermsplit_convert.leakage.likeness import mean_interval

Floats = NDArray[np.float32]

FEWEST_OF_A_VALUE = 15
"""Training images that a value needs; rarer ones are left out."""

FEWEST_TEST = 20
COMPONENTS = 64
STRENGTHS = (0.001, 0.01, 0.1)
"""Inverse penalties of the logistic regression, the best on held-out images is taken."""

SEED = 0


@dataclass(frozen=True)
class Known:
    """One attribute of N images: ``values`` str [N], empty where not known; ``groups`` str [N]."""

    values: NDArray[np.str_]
    groups: NDArray[np.str_]


@dataclass(frozen=True)
class Reading:
    """The views of features, float32 [N, values] each, of one part of the images, and what is known of them."""

    views: list[Floats]
    known: Known

    def only(self, names: Sequence[str]) -> "Reading":
        """The images whose value is one of ``names``."""
        kept = np.isin(self.known.values, list(names))
        return Reading([view[kept] for view in self.views], Known(self.known.values[kept], self.known.groups[kept]))


def read_attribute(
    data_set: str, attribute: str, learn: Reading, held_out: Reading, test: Reading
) -> AttributeResult | None:
    """Learn an attribute from some people's features and read it from others'; None where too few are known.

    View and penalty are chosen by the likelihood of held-out images. Accuracy and AUC have 95% intervals over groups.
    """
    counts = Counter(value for value in learn.known.values.tolist() if value)
    names = sorted(value for value, count in counts.items() if count >= FEWEST_OF_A_VALUE)
    learn, held_out, test = (part.only(names) for part in (learn, held_out, test))
    if len(names) < 2 or len(test.known.values) < FEWEST_TEST or not len(held_out.known.values):
        return None
    place, model = _choose(learn, held_out)
    chances = model.predict_proba(test.views[place])
    classes = model.classes_
    majority = max(classes.tolist(), key=lambda value: counts[value])
    drawn = draw_groups(test.known.groups)
    right = (classes[chances.argmax(axis=1)] == test.known.values).astype(np.float64)
    return AttributeResult(
        data_set=data_set,
        attribute=attribute,
        values=names,
        images=len(right),
        majority_rate=float((test.known.values == majority).mean()),
        accuracy=mean_interval(right, drawn),
        auc=_auc(chances, classes, test.known.values, drawn),
    )


def _choose(learn: Reading, held_out: Reading) -> tuple[int, Any]:
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    tried: list[tuple[float, int, Any]] = []
    for place, view in enumerate(learn.views):
        most = min(COMPONENTS, *(extent - 1 for extent in view.shape))
        reduced = make_pipeline(StandardScaler(), PCA(most, svd_solver="randomized", random_state=SEED)).fit(view)
        points, others = reduced.transform(view), reduced.transform(held_out.views[place])
        for strength in STRENGTHS:
            reader = LogisticRegression(C=strength, max_iter=500).fit(points, learn.known.values)
            loss = log_loss(held_out.known.values, reader.predict_proba(others), labels=reader.classes_)
            tried.append((float(loss), place, make_pipeline(reduced, reader)))
    _, place, model = min(tried, key=lambda one: one[0])
    return place, model


def _auc(
    chances: NDArray[np.float64], classes: NDArray[np.str_], truth: NDArray[np.str_], drawn: NDArray[np.float64]
) -> Interval | None:
    """Mean over the values that the test images have of one against the rest (Hand and Till 2001, section 2)."""
    present = [place for place, name in enumerate(classes) if (truth == name).any() and (truth != name).any()]
    if not present:
        return None
    ones = np.ones((1, len(truth)))
    several = [weighted_auc(chances[:, place], truth == classes[place], np.vstack([ones, drawn])) for place in present]
    stacked = np.stack(several)
    # Of few images a draw may have one value only, and tells nothing.
    telling = ~np.isnan(stacked).all(axis=0)
    if telling.sum() < 2:
        return None
    means = np.nanmean(stacked[:, telling], axis=0)
    low, high = np.percentile(means[1:], [2.5, 97.5])
    return Interval(value=float(means[0]), low=float(low), high=float(high))
