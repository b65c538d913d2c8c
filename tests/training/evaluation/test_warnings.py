"""Each warning is given where it is due, with its figures, the worst first."""

from dataclasses import replace

import numpy as np

from dermsplit_training.data.split import PARTS
from dermsplit_training.evaluation.outcome import Outcome
from dermsplit_training.evaluation.part_metrics import measure_part
from dermsplit_training.evaluation.warnings import warnings_of
from tests.training.evaluation.conftest import BINARY, DIAGNOSES, UNKNOWN, draw_outcome, draw_pictures, saying

SOUND = (0, 0)


def warnings(outcome: Outcome, leaks: tuple[int, int] = SOUND) -> list[str]:
    return warnings_of(outcome, [found for part in PARTS for found in measure_part(outcome, part)], leaks)


def single(**settings: object) -> Outcome:
    pictures = [replace(picture, data_set="HAM10000") for picture in draw_pictures(600)]
    return draw_outcome(pictures=pictures, **settings)


def well_calibrated(outcome: Outcome) -> Outcome:
    sure = np.where(outcome.labels[:, None] == np.arange(len(outcome.classes.names)), 0.99, 0.01)
    return saying(outcome, sure / sure.sum(axis=1, keepdims=True))


def test_a_sound_model_has_none() -> None:
    assert warnings(well_calibrated(single())) == []
    assert warnings(well_calibrated(single(classes=DIAGNOSES))) == []
    assert warnings(well_calibrated(single(classes=UNKNOWN))) == []


def test_calling_everything_benign_comes_first() -> None:
    outcome = single()
    benign = saying(outcome, np.tile([0.7, 0.3], (600, 1)))
    majority = 1 - benign.of("test").malignant.mean()
    found = warnings(benign, leaks=(4, 7))
    assert found[0] == (
        "It calls every malignant image benign: "
        f"sensitivity 0 with accuracy {majority:.3g}, which is the majority rate. "
        "At sensitivity_90, not by its own answers, the sensitivity is 1."
    )
    assert found[1] == "7 of 200 test images show a lesion or patient that is in train too: test figures are too good."
    assert not any("is not above the majority rate" in warning for warning in found)  # said already


def test_calling_nearly_everything_benign() -> None:
    outcome = single()
    said = np.tile([0.7, 0.3], (600, 1))
    said[np.flatnonzero(outcome.malignant & np.array([part == "test" for part in outcome.parts]))[0]] = [0.2, 0.8]
    found = warnings(saying(outcome, said))
    assert found[0].startswith("It calls nearly every malignant image benign: sensitivity 0.0")


def test_one_answer_to_everything() -> None:
    found = warnings(saying(single(), np.tile([0.2, 0.8], (600, 1))))
    assert found[0].startswith("It answers malignant to every image, with accuracy 0.2")
    assert "beside a majority rate of 0.7" in found[0]
    always = np.tile([0.1, 0.1, 0.1, 0.7], (600, 1))
    found = warnings(saying(single(classes=UNKNOWN), always))
    assert found[0].startswith("It answers nv to every image, with accuracy 0.")
    assert found[0].endswith("which is the majority rate.")


def test_a_leak_past_the_test_part_is_told_too() -> None:
    (found,) = warnings(well_calibrated(single()), leaks=(3, 0))
    assert found.startswith("3 lesions or patients have images in more than one part, though none both in train and in")


def test_a_data_set_is_named_where_there_are_several() -> None:
    outcome = well_calibrated(draw_outcome(images=900))
    said = outcome.probabilities.copy()
    phone = np.array([picture.domain == "phone" for picture in outcome.pictures])
    said[phone & outcome.malignant] = [0.75, 0.25]  # below the threshold of 0.3
    found = warnings(saying(outcome, said))
    assert all(warning.startswith("On PAD-UFES-20, ") for warning in found)
    assert found[0].startswith("On PAD-UFES-20, it calls every malignant image benign: sensitivity 0 with accuracy 0.")
    assert found[1].startswith(
        "On PAD-UFES-20, sensitivity at sensitivity_90 is 0.000 [0.000, 0.000], below its target"
    )
    assert "expected calibration error over 0.05" in found[2]


def test_accuracy_that_is_no_better_than_the_majority() -> None:
    found = warnings(single(skill=0.3))
    assert any("is not above the majority rate: always answering benign has 0.7" in warning for warning in found)


def test_few_malignant_images() -> None:
    found = warnings(well_calibrated(draw_outcome(BINARY, images=120)))
    assert any(warning.startswith("On HAM10000, only ") and "of 20 test images" in warning for warning in found)
    none = single()
    benign = well_calibrated(none.where(~none.malignant))
    assert any(warning.startswith("Only 0 of ") for warning in warnings(benign))


def test_copies_outside_train() -> None:
    outcome = well_calibrated(single())
    pictures = [
        replace(picture, copy=int(part != "train" and index % 12 == 2))
        for index, (picture, part) in enumerate(zip(outcome.pictures, outcome.parts, strict=True))
    ]
    copies = {
        part: sum(one.copy for one, own in zip(pictures, outcome.parts, strict=True) if own == part) for part in PARTS
    }
    found = warnings(replace(outcome, pictures=pictures))
    expected = [
        f"{copies[part]} of 200 {part} images are changed copies" for part in ("test", "validation") if copies[part]
    ]
    assert expected
    assert [warning.split(":")[0] for warning in found] == expected
