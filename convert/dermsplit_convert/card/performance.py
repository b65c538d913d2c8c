"""How good a model is: by data set, at each operating point, by group of people, with and without metadata."""

from dermsplit_contract.manifest import Manifest
from dermsplit_contract.measures import Evaluation, GroupResult, OperatingPoint
from dermsplit_convert.card.words import MISSING, interval, table


def performance(manifest: Manifest) -> str:
    """AUC, accuracy and calibration of every evaluation."""
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
        f"| {evaluation.images:,} ({evaluation.malignant_images:,}) | {interval(evaluation.auc)} "
        f"| {interval(evaluation.accuracy)} | {evaluation.majority_rate:.3f} | {evaluation.calibration_error:.3f} |"
    )


def operating_points(manifest: Manifest) -> str:
    """What each threshold was chosen for, and what it did."""
    lines = ["## Operating points", ""]
    for point in manifest.operating_points:
        lines.append(
            f"`{point.name}`: suspicious from a malignant probability of {_thresholds(point)}, chosen on "
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
                f"| {interval(result.sensitivity)} | {interval(result.specificity)} |"
            )
    return "\n".join(lines)


def _thresholds(point: OperatingPoint) -> str:
    if not point.thresholds:
        return f"{point.threshold:.4f}"
    return " or ".join(f"{threshold:.4f} ({domain})" for domain, threshold in point.thresholds.items())


def groups(manifest: Manifest) -> str:
    """One table by attribute of people or lesions, nothing where none was measured."""
    attributes = list(dict.fromkeys(result.attribute for result in manifest.groups))
    if not attributes:
        return ""
    point = manifest.operating_points[0].name
    header = ["{}", "data set", "images (malignant)", "AUC", "sensitivity", "specificity"]
    parts = [
        "## Groups",
        f"On the test part, sensitivity and specificity at `{point}`. Intervals that are wide mean few lesions; "
        f"'{MISSING}' stands where one class has too few images to say anything.",
    ]
    for attribute in attributes:
        named = [attribute.replace("_", " "), *header[1:]]
        rows = [_group_row(result) for result in manifest.groups if result.attribute == attribute]
        parts.append(f"By {named[0]}:\n\n{table(named, rows)}")
    return "\n\n".join(parts)


def _group_row(result: GroupResult) -> list[str]:
    measures = (result.auc, result.sensitivity, result.specificity)
    images = f"{result.images:,} ({result.malignant_images:,})"
    return [result.value, result.data_set, images, *(interval(one) for one in measures)]


def metadata(manifest: Manifest) -> str:
    """What may be told beside the picture and what it is worth, nothing where nothing may be told."""
    spec = manifest.metadata
    if spec is None:
        return ""
    fields = ", ".join(f"{field.name} ({', '.join(field.values) or 'years'})" for field in spec.fields)
    verdict = (
        "On validation images telling it raised the AUC, so the page asks."
        if spec.helps
        else "On validation images telling it helped no more than chance would, so nobody need be asked."
    )
    rows = [["nothing told", interval(spec.auc_without)], ["all told that is known", interval(spec.auc_with)]]
    return (
        f"## What may be told beside the picture\n\nNothing need be told. The tail may be told {fields}; whatever is "
        f"left out counts as not known. {verdict} On the same test images:\n\n{table(['told', 'AUC'], rows)}"
    )
