"""What a person, or a program, reads after `dermsplit predict`."""

import csv
import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from dermsplit_contract.decision import CANNOT_TELL, NOT_SUSPICIOUS, SUSPICIOUS
from dermsplit_contract.manifest import Manifest
from dermsplit_contract.measures import OperatingPoint
from dermsplit_server.client.labels import Agreement, Label
from dermsplit_server.client.predict import Outcome
from dermsplit_server.client.remote import Answer, malignant_of

WORDS = {
    SUSPICIOUS: "Have this looked at by a doctor soon.",
    NOT_SUSPICIOUS: "Nothing suspicious was found. That does not rule out disease.",
    CANNOT_TELL: "Cannot tell: this does not look like a close picture of skin. Take another.",
}
NOT_A_DIAGNOSIS = "This is not a diagnosis. Only a doctor can tell."


def print_answers(console: Console, outcomes: list[Outcome], manifest: Manifest) -> None:
    """One row a photo: the decision in words, its domain, the probabilities, the bytes that were sent.

    No probability is shown where nothing can be told.
    """
    table = Table(title=f"model {manifest.name}, bundle {manifest.id}")
    table.add_column("photo", overflow="fold")
    table.add_column("in words")
    for label in manifest.labels:
        table.add_column(label, justify="right")
    told = next((outcome.answer.prevalence for outcome in outcomes if outcome.answer), None)
    if told is not None:
        table.add_column(f"malignant where {told:.3g} are", justify="right")
    if manifest.domains is not None:
        table.add_column("domain")
    table.add_column("bytes sent", justify="right")
    for outcome in outcomes:
        if outcome.answer is None:
            detail = outcome.error.detail if outcome.error else ""
            table.add_row(outcome.photo.name, detail, *[""] * (len(table.columns) - 3), "0")
        else:
            answer = outcome.answer
            table.add_row(outcome.photo.name, WORDS[answer.decision], *_cells(answer, manifest))
    console.print(table)
    point = manifest.operating_points[0]
    console.print(
        f"{NOT_A_DIAGNOSIS} The words follow the operating point {point.name}: malignant from {_thresholds(point)}. "
        "The photos stayed here, only the bytes counted above were sent.",
        highlight=False,
    )


def _thresholds(point: OperatingPoint) -> str:
    if not point.thresholds:
        return f"{point.threshold:.1%}"
    return ", ".join(f"{threshold:.1%} ({domain})" for domain, threshold in point.thresholds.items())


def _cells(answer: Answer, manifest: Manifest) -> list[str]:
    numbers = [answer.probabilities[label] for label in manifest.labels]
    if answer.shifted is not None:
        numbers.append(malignant_of(answer.shifted, manifest))
    shown = ["" if answer.decision == CANNOT_TELL else f"{number:.1%}" for number in numbers]
    domain = [] if answer.domain is None else [answer.domain]
    return [*shown, *domain, str(answer.request_bytes)]


def as_json(outcomes: list[Outcome], manifest: Manifest) -> str:
    """A JSON list with one object a photo: the answer, or ``error`` and ``code``."""
    return json.dumps([_plain(outcome, manifest) for outcome in outcomes], indent=2, ensure_ascii=False)


def write_csv(path: Path, outcomes: list[Outcome], labels: dict[Path, Label], manifest: Manifest) -> None:
    """One line a photo that was answered: image, label, one p_ column a label of the model, decision, bytes.

    Where the bundle tells domains apart, the domain and its probabilities follow, as domain and d_ columns.
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        domains = [] if manifest.domains is None else ["domain", *(f"d_{name}" for name in manifest.domains.labels)]
        rows.writerow(["image", "label", *(f"p_{label}" for label in manifest.labels), "decision", "bytes", *domains])
        for outcome in outcomes:
            if (answer := outcome.answer) is not None:
                label = labels[outcome.photo].text if outcome.photo in labels else ""
                values = [answer.probabilities[name] for name in manifest.labels]
                kind = [answer.domain, *(answer.domain_probabilities or {}).values()] if domains else []
                rows.writerow([outcome.photo.as_posix(), label, *values, answer.decision, answer.request_bytes, *kind])


def print_agreement(console: Console, found: Agreement, undecided: int, manifest: Manifest) -> None:
    """AUC, and sensitivity and specificity at the operating point, with the counts they rest on.

    ``undecided`` photos got no decision, since they belong to no domain; they count as not suspicious.
    """
    console.print(
        f"{found.malignant + found.benign} photos with a label: {found.malignant} malignant, {found.benign} benign\n"
        f"AUC {found.auc:.4f}\n"
        f"at {manifest.operating_points[0].name}: sensitivity {found.sensitivity:.4f}, "
        f"specificity {found.specificity:.4f}",
        highlight=False,
    )
    if undecided:
        console.print(f"{undecided} photos could not be told and count as not suspicious", highlight=False)


def print_whole(console: Console, found: Agreement, flips: int) -> None:
    """The same of the whole network, as a training run wrote it down, and how many decisions splitting changed."""
    console.print(
        f"the whole network on the same photos: AUC {found.auc:.4f}, sensitivity {found.sensitivity:.4f}, "
        f"specificity {found.specificity:.4f}; {flips} decisions differ",
        highlight=False,
    )


def _plain(outcome: Outcome, manifest: Manifest) -> dict[str, Any]:
    if outcome.answer is None:
        assert outcome.error is not None
        return {"photo": str(outcome.photo), "error": outcome.error.detail, "code": outcome.error.code}
    answer = outcome.answer
    plain: dict[str, Any] = {
        "photo": str(outcome.photo),
        "model": manifest.name,
        "bundle": manifest.id,
        "probabilities": answer.probabilities,
        "malignant": answer.malignant,
        "decision": answer.decision,
        "operating_point": answer.operating_point,
        "threshold": answer.threshold,
        "bytes": answer.request_bytes,
        "round_trip_ms": round(answer.round_trip_ms, 3),
        "server_ms": answer.server_ms,
    }
    if answer.domain is not None:
        plain |= {"domain": answer.domain, "domain_probabilities": answer.domain_probabilities}
    if answer.shifted is not None:
        plain |= {"prevalence": answer.prevalence, "shifted_probabilities": answer.shifted}
    if answer.calibrated_prevalence is not None:
        plain["calibrated_prevalence"] = answer.calibrated_prevalence
    return plain
