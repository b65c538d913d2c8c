"""A part's figures against scikit-learn's and hand-made cases."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    classification_report,
    confusion_matrix,
    roc_auc_score,
)

from dermsplit_training.evaluation.measures import calibration_error
from dermsplit_training.evaluation.metrics import PartMetrics
from dermsplit_training.evaluation.part_metrics import group_names, malignant_softmax, measure_part
from tests.training.evaluation.conftest import BINARY, DIAGNOSES, UNKNOWN, draw_outcome, draw_pictures, saying


def test_each_data_set_and_all_together() -> None:
    found = measure_part(draw_outcome(), "test")
    assert [one.data_set for one in found] == ["HAM10000", "PAD-UFES-20", "all"]
    assert found[0].images + found[1].images == found[2].images == 80
    assert found[0].groups + found[1].groups == found[2].groups
    assert all((one.model, one.part) == ("network", "test") for one in found)


def test_one_data_set_is_not_measured_twice() -> None:
    alone = draw_outcome(pictures=[picture for picture in draw_pictures() if picture.domain == "phone"])
    assert [one.data_set for one in measure_part(alone, "validation")] == ["PAD-UFES-20"]


def test_a_part_without_images_has_no_figures() -> None:
    assert measure_part(draw_outcome().of("train"), "test") == []


@pytest.mark.parametrize("classes", [BINARY, DIAGNOSES], ids=["malignancy", "diagnosis"])
def test_values_are_scikit_learns(classes: object) -> None:
    outcome = draw_outcome(classes)
    found, test = measure_part(outcome, "test")[-1], outcome.of("test")
    labels, answers, said = test.labels, test.logits.argmax(axis=1), test.malignant_probabilities
    assert found.accuracy.value == pytest.approx(accuracy_score(labels, answers))
    assert found.balanced_accuracy.value == pytest.approx(balanced_accuracy_score(labels, answers))
    columns = [test.probabilities[:, column] for column in range(len(classes.names))]
    by_class = [roc_auc_score(labels == column, scores) for column, scores in enumerate(columns)]
    assert found.macro_auc.value == pytest.approx(np.mean(by_class))
    assert found.confusion == confusion_matrix(labels, answers).tolist()
    reference = classification_report(labels, answers, target_names=classes.names, output_dict=True)
    for one in found.classes:
        own = reference[one.label]
        assert (one.precision, one.recall, one.f1) == pytest.approx((own["precision"], own["recall"], own["f1-score"]))
        assert one.images == own["support"]

    own = found.malignancy
    assert own.malignant_images == test.malignant.sum()
    assert own.auc.value == pytest.approx(roc_auc_score(test.malignant, said))
    assert own.average_precision.value == pytest.approx(average_precision_score(test.malignant, said))
    suspicious = said >= outcome.points[0].threshold
    assert own.operating_results[0].sensitivity.value == pytest.approx(suspicious[test.malignant].mean())
    assert own.operating_results[0].specificity.value == pytest.approx(1 - suspicious[~test.malignant].mean())
    assert [at.sensitivity for at in own.specificity_at] == [0.95, 0.9]
    for at in own.specificity_at:
        highest = np.sort(said[test.malignant])[::-1][int(np.ceil(at.sensitivity * test.malignant.sum() - 1e-9)) - 1]
        assert at.specificity.value == pytest.approx((said[~test.malignant] < highest).mean())
    called = np.isin(answers, classes.malignant_indices)
    assert own.sensitivity_by_class.value == pytest.approx(called[test.malignant].mean())
    assert own.calibration_error.value == pytest.approx(calibration_error(test.malignant, said))
    before = calibration_error(test.malignant, malignant_softmax(test))
    assert own.calibration_error_before.value == pytest.approx(before)
    assert before != pytest.approx(own.calibration_error.value)


def test_intervals_hold_their_values() -> None:
    for found in measure_part(draw_outcome(DIAGNOSES, images=600, skill=1.5), "test"):
        own = found.malignancy
        for figure in (found.accuracy, found.balanced_accuracy, found.macro_auc, own.auc, own.partial_auc):
            assert 0 <= figure.low < figure.value < figure.high <= 1


def test_where_malignancy_is_not_known_there_are_classes_only() -> None:
    found = measure_part(draw_outcome(UNKNOWN), "test")[-1]
    assert found.malignancy is None
    assert found.macro_auc.value > 0.8


def test_a_class_never_answered_and_one_never_shown() -> None:
    outcome = draw_outcome(DIAGNOSES).of("test")
    outcome = outcome.where(outcome.labels != DIAGNOSES.names.index("bkl"))
    always = np.tile([0.1, 0.0, 0.2, 0.7], (len(outcome.pictures), 1))
    found = measure_part(saying(outcome, always), "test")[-1]
    bcc, bkl, _, nv = found.classes
    assert (bcc.precision, bcc.recall, bcc.f1) == (None, 0, 0)
    assert (bkl.images, bkl.precision, bkl.recall, bkl.f1) == (0, None, None, 0)
    assert nv.recall == 1
    assert found.accuracy.value == found.majority_rate == nv.precision
    assert found.majority_class == "nv"
    assert found.balanced_accuracy.value == pytest.approx(1 / 3)
    assert found.malignancy.sensitivity_by_class.value == 0
    assert PartMetrics.model_validate_json(found.model_dump_json()) == found


def test_one_label_alone_has_no_malignancy_figures() -> None:
    outcome = draw_outcome()
    found = measure_part(outcome.where(~outcome.malignant), "test")[-1]
    assert found.malignancy is None
    assert found.macro_auc is None
    assert (found.majority_class, found.majority_rate) == ("benign", 1)


def test_a_copy_is_of_its_originals_group_and_a_group_of_one_data_set() -> None:
    original, other = draw_pictures()[0], draw_pictures()[200]
    names = group_names([original, replace(original, copy=1), replace(other, group=original.group)])
    assert names[0] == names[1] != names[2]
