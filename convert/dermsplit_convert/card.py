"""CARD.md: what a bundle is for, what it was made from, how good it is and where it fails, for a person to read."""

from dermsplit_contract.manifest import Manifest
from dermsplit_contract.measures import Evaluation, Interval
from dermsplit_convert.quantise import Calibration

NOT_A_DIAGNOSIS = """\
## Intended use

For research, teaching and demonstration of split computing on pictures of single moles and other skin lesions, taken
by a phone camera or a dermatoscope.

**This is not a diagnosis and not a medical device.** Nobody should be treated, reassured or kept from seeing a doctor
because of what it says. Whoever worries about a mole should show it to a doctor, whatever the number."""

PARTS = ("train", "validation", "test")
CLASSES_DIFFER = """\
The data sets do not mean quite the same by malignant: PAD-UFES-20's ACK (actinic keratosis) is counted benign, while
HAM10000's akiec (actinic keratoses together with intraepithelial carcinoma) is counted malignant. A figure for one
must not be read as if it were for the other."""


def card_text(manifest: Manifest, calibration: Calibration | None) -> str:
    """The card as Markdown, from a manifest and, where there is a quantiser, what it did to its calibration images."""
    sections = [
        _summary(manifest),
        NOT_A_DIAGNOSIS,
        _data(manifest),
        _performance(manifest),
        _operating_points(manifest),
        _cut(manifest, calibration),
        _limits(manifest),
        _licence(manifest),
    ]
    return "\n\n".join(sections) + "\n"


def _summary(manifest: Manifest) -> str:
    size = manifest.input.size
    return (
        f"# Model card: {manifest.name}\n\n"
        f"{manifest.backbone}, fine-tuned to tell {' from '.join(manifest.labels)} skin lesions, and cut in two at "
        f"`{manifest.cut}`. The head runs where the photo is taken, on {size}x{size} RGB pixels; only its features "
        "leave the device. The tail runs on a server and answers with one calibrated probability a label."
    )


def _data(manifest: Manifest) -> str:
    rows = ["| data set | images by part | counted malignant | licence | source |", "|---|---|---|---|---|"]
    for data in manifest.data:
        parts = ", ".join(f"{part} {data.images[part]:,}" for part in PARTS if part in data.images)
        malignant = ", ".join(data.malignant_means)
        rows.append(f"| {data.name} | {parts} | {malignant} | {data.licence} | {data.citation} doi:{data.doi} |")
    split = "No lesion (HAM10000) and no patient (PAD-UFES-20) is in more than one part."
    return "\n".join(["## Data", "", *rows, "", split, "", CLASSES_DIFFER])


def _performance(manifest: Manifest) -> str:
    rows = [
        "| data set | domain | part | model | images (malignant) | AUC | accuracy | majority rate | ECE |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    rows.extend(_performance_row(evaluation) for evaluation in manifest.evaluations)
    explained = (
        "With 95% intervals (bootstrap over lesions or patients, not over images). `network` is this model before the "
        "cut, `baseline` a frozen backbone with a linear head; the majority rate is the accuracy of always giving the "
        "commoner answer; accuracy is at the first operating point, which gives up some of it for sensitivity; ECE is "
        "the expected calibration error."
    )
    return "\n".join(["## Performance", "", *rows, "", explained])


def _performance_row(evaluation: Evaluation) -> str:
    return (
        f"| {evaluation.data_set} | {evaluation.domain} | {evaluation.part} | {evaluation.model} "
        f"| {evaluation.images:,} ({evaluation.malignant_images:,}) | {_interval(evaluation.auc)} "
        f"| {_interval(evaluation.accuracy)} | {evaluation.majority_rate:.3f} | {evaluation.calibration_error:.3f} |"
    )


def _operating_points(manifest: Manifest) -> str:
    lines = ["## Operating points", ""]
    for point in manifest.operating_points:
        lines.append(
            f"`{point.name}`: suspicious from a malignant probability of {point.threshold:.4f}, chosen on "
            f"{point.chosen_on} for a sensitivity of {point.target_sensitivity:.0%}."
        )
    lines += [
        "",
        "| operating point | data set | part | model | sensitivity | specificity |",
        "|---|---|---|---|---|---|",
    ]
    for evaluation in manifest.evaluations:
        for result in evaluation.operating_results:
            lines.append(
                f"| {result.operating_point} | {evaluation.data_set} | {evaluation.part} | {evaluation.model} "
                f"| {_interval(result.sensitivity)} | {_interval(result.specificity)} |"
            )
    return "\n".join(lines)


def _cut(manifest: Manifest, calibration: Calibration | None) -> str:
    spec = manifest.features
    shape = " x ".join(str(extent) for extent in spec.shape)
    text = (
        f"## What crosses the wire\n\n{shape} = {spec.values:,} values as {spec.datatype}, {spec.item_bytes:,} bytes."
    )
    if calibration is None:
        return text
    return (
        f"{text} They are whole numbers 0 to {calibration.quantiser.levels - 1}, with a range for each channel taken "
        f"from training images. Of {calibration.images} such images, writing whole numbers flipped "
        f"{calibration.flips} decisions at the first operating point, and changed the malignant probability by "
        f"{calibration.mean_difference:.5f} on average and {calibration.largest_difference:.5f} at most. Features are "
        "not anonymous: something of the picture can be rebuilt from them."
    )


def _limits(manifest: Manifest) -> str:
    return f"""\
## Limits

- Probabilities are calibrated (temperature {manifest.temperature:.3f}) for pictures of which
  {manifest.prevalence:.0%} are malignant. Among people who photograph their own moles malignant ones are far rarer, so
  there the same number means less risk than it says.
- Dermoscopic pictures and phone photos are different domains; see the figures of each.
- Dark skin is rare in the data, so no figure here holds for it. Nor does it for hair, nails, mucosa, tattoos or wounds.
- Some phone photos of the training data hold ink marks round the lesion, a shortcut that a network can learn.
- A picture that shows no lesion gets an answer all the same, and that answer means nothing."""


def _licence(manifest: Manifest) -> str:
    sources = ", ".join(f"{data.name}: {data.licence}" for data in manifest.data)
    text = f"## Licence\n\nWeights: {manifest.weights_licence}. The data they were learned from: {sources}."
    if any("NC" in data.licence for data in manifest.data):
        text += (
            " In the careful reading of a non-commercial licence (CC BY-NC 4.0), weights learned from such data are "
            "non-commercial too: do not use this bundle commercially."
        )
    return text


def _interval(interval: Interval) -> str:
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})"
