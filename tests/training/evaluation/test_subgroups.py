"""Subgroups of the test part: their values, and where there are too few images to tell."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from dermsplit_training.evaluation.subgroups import age_band, group_results, measure_subgroups
from tests.training.evaluation.conftest import UNKNOWN, draw_outcome, draw_pictures


@pytest.mark.parametrize(
    ("age", "band"),
    [
        ("0", "0-29"),
        ("29.5", "0-29"),
        ("30", "30-44"),
        ("45", "45-59"),
        ("74", "60-74"),
        ("75", "75+"),
        ("", "unknown"),
    ],
)
def test_ages_fall_into_bands(age: str, band: str) -> None:
    assert age_band(replace(draw_pictures()[0], metadata={"age": age})) == band


def test_each_data_set_by_each_field_that_is_known() -> None:
    outcome = draw_outcome(images=600)
    found = measure_subgroups(outcome)
    assert {one.data_set for one in found} == {"HAM10000", "PAD-UFES-20"}
    assert {one.field for one in found} == {"age", "sex"}  # no site and no skin type is known
    own = [one for one in found if one.data_set == "HAM10000"]
    assert [one.value for one in own if one.field == "sex"] == ["female", "male", "unknown"]
    assert [one.value for one in own if one.field == "age"] == ["0-29", "30-44", "45-59", "60-74", "75+"]
    for field in ("age", "sex"):
        assert sum(one.images for one in own if one.field == field) == 100


def test_values_are_those_of_the_images_alone() -> None:
    outcome = draw_outcome(images=600)
    (found,) = [one for one in measure_subgroups(outcome) if (one.data_set, one.value) == ("PAD-UFES-20", "male")]
    test = outcome.of("test")
    chosen = test.where(
        np.array([one.data_set == "PAD-UFES-20" and one.metadata["sex"] == "male" for one in test.pictures])
    )
    malignant, said = chosen.malignant, chosen.malignant_probabilities
    assert (found.images, found.malignant_images) == (len(malignant), malignant.sum())
    assert found.auc.value == pytest.approx(roc_auc_score(malignant, said))
    assert found.sensitivity.value == pytest.approx((said >= 0.3)[malignant].mean())
    assert found.specificity.value == pytest.approx((said < 0.3)[~malignant].mean())


def test_few_images_give_no_figure() -> None:
    pictures = [
        replace(picture, metadata={"skin_type": "5" if index < 24 else "2"})
        for index, picture in enumerate(draw_pictures())
    ]
    by_value = {
        one.value: one for one in measure_subgroups(draw_outcome(pictures=pictures)) if one.data_set == "HAM10000"
    }
    few = by_value["5"]
    assert few.images == 8
    assert few.malignant_images < 5
    assert few.auc is None
    assert few.sensitivity is None
    assert by_value["2"].auc is not None


def test_without_malignancy_there_are_none() -> None:
    assert measure_subgroups(draw_outcome(UNKNOWN)) == []


def test_groups_for_the_card_are_the_same_figures() -> None:
    outcome = draw_outcome(images=600)
    subgroups, groups = measure_subgroups(outcome), group_results(outcome)
    assert [(one.attribute, one.value, one.images) for one in groups] == [
        (one.field, one.value, one.images) for one in subgroups
    ]
    assert [one.sensitivity for one in groups] == [one.sensitivity for one in subgroups]
