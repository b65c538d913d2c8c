"""The flow of `dermsplit predict`: find photos, ask about each, report, and fail at the end where one was no use."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from dermsplit_contract.decision import CANNOT_TELL, SUSPICIOUS
from dermsplit_contract.errors import PhotoUnreadable, ServerError, UsageError
from dermsplit_contract.manifest import Manifest
from dermsplit_server.client.labels import Label, agreement, match_labels, read_labels
from dermsplit_server.client.photos import find_photos
from dermsplit_server.client.predict import Outcome, Session
from dermsplit_server.client.remote import Remote, infer_path
from dermsplit_server.client.report import as_json, print_agreement, print_answers, print_whole, write_csv
from dermsplit_server.client.told import Told, metadata_for


@dataclass(frozen=True)
class Wishes:
    """What the command line asked for."""

    server: str
    bundle: Path | None
    json: bool
    save_request: Path | None
    labels: Path | None
    part: str | None
    csv: Path | None
    told: Told = field(default_factory=Told)
    api_key: str | None = field(default=None, repr=False)


def run(paths: list[Path], wishes: Wishes) -> None:
    """Answer for every photo. Raises PhotoUnreadable at the end where one or more could not be used."""
    notes = Console(stderr=True)
    photos = find_photos(paths)
    wishes.told.check()
    if wishes.save_request and len(photos) != 1:
        raise UsageError(f"--save-request takes one photo, {len(photos)} were given.")
    for target in (wishes.save_request, wishes.csv):
        if target and not target.absolute().parent.is_dir():
            raise UsageError(f"The folder of '{target}' does not exist. Make it first.")
    with Remote(wishes.server, wishes.api_key) as remote:
        session = Session(remote, wishes.bundle, wishes.told)
        if wishes.told.fields:
            # Before any photo, so that what the bundle does not take is said once and at once.
            metadata_for(wishes.told, session.head.manifest)
        labels = _labels(photos, wishes, session)
        photos = [photo for photo in photos if photo in labels] if labels else photos
        if wishes.save_request:
            _save_request(session, photos[0], wishes.save_request, notes, wishes.api_key is not None)
        outcomes, failure = _ask(session, photos, notes)
        if outcomes:
            _report(outcomes, labels, session, wishes)
    if failure:
        raise failure
    _raise_for_photos(outcomes)


def _labels(photos: list[Path], wishes: Wishes, session: Session) -> dict[Path, Label]:
    if wishes.labels is None:
        return {}
    return match_labels(photos, read_labels(wishes.labels, session.head.manifest, wishes.part))


def _ask(session: Session, photos: list[Path], notes: Console) -> tuple[list[Outcome], ServerError | None]:
    """Every outcome, or those until the server failed, and that failure: what was answered is never thrown away."""
    outcomes: list[Outcome] = []
    progress = track(
        session.predict(photos), "Asking", len(photos), console=notes, transient=True, disable=len(photos) == 1
    )
    try:
        outcomes.extend(progress)
    except ServerError as error:
        return outcomes, error
    return outcomes, None


def _report(outcomes: list[Outcome], labels: dict[Path, Label], session: Session, wishes: Wishes) -> None:
    manifest = session.head.manifest
    out, notes = Console(), Console(stderr=True)
    if wishes.csv:
        write_csv(wishes.csv, outcomes, labels, manifest)
    if wishes.json:
        print(as_json(outcomes, manifest))
    elif not labels:
        print_answers(out, outcomes, manifest)
    if labels:
        _compare(outcomes, labels, manifest, notes if wishes.json else out)


def _compare(outcomes: list[Outcome], labels: dict[Path, Label], manifest: Manifest, console: Console) -> None:
    """Print how the split network agrees with the labels, and the whole one where its probabilities are known."""
    answered = [(labels[outcome.photo], outcome.answer) for outcome in outcomes if outcome.answer]
    truth = np.array([label.malignant for label, _ in answered], dtype=np.bool_)
    probabilities = np.array([answer.malignant for _, answer in answered], dtype=np.float64)
    suspicious = np.array([answer.decision == SUSPICIOUS for _, answer in answered], dtype=np.bool_)
    undecided = sum(answer.decision == CANNOT_TELL for _, answer in answered)
    print_agreement(console, agreement(truth, probabilities, suspicious), undecided, manifest)
    whole = np.array([label.whole for label, _ in answered], dtype=np.float64)
    if np.isfinite(whole).all() and len(whole):
        as_whole = whole >= np.array([answer.threshold for _, answer in answered], dtype=np.float64)
        flips = int((as_whole != suspicious).sum())
        print_whole(console, agreement(truth, whole, as_whole), flips)


def _save_request(session: Session, photo: Path, target: Path, notes: Console, with_key: bool) -> None:
    """Write the body as it goes over the wire. The line of curl goes to standard error, beside --json's output."""
    request = session.request(photo)
    body, headers = request.encode()
    target.write_bytes(body)
    options = " ".join(f"-H '{name}: {value}'" for name, value in headers.items())
    if with_key:
        # The key itself stays out of what is printed.
        options += ' -H "Authorization: Bearer $DERMSPLIT_API_KEY"'
    line = f"curl --data-binary @{target} {options} {session.remote.url}{infer_path(request.manifest)}"
    notes.print(line, highlight=False, soft_wrap=True, markup=False)


def _raise_for_photos(outcomes: list[Outcome]) -> None:
    errors = [outcome.error for outcome in outcomes if outcome.error]
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise PhotoUnreadable(f"{len(errors)} of {len(outcomes)} photos could not be used. First: {errors[0].detail}")
