"""What kinds of pictures a model knows, marks as none of its own, and is led astray by."""

from dermsplit_contract.manifest import Manifest
from dermsplit_contract.measures import NoveltyResult
from dermsplit_convert.card.words import interval, table


def domains(manifest: Manifest) -> str:
    """The domains, and how many pictures of each kind were marked as neither; nothing where none are told apart."""
    spec = manifest.domains
    if spec is None:
        return ""
    first, second, neither = spec.labels
    text = (
        f"## Domains and novelty\n\nThe tail also says whether the features come from a {first} picture, from a "
        f"{second} picture, or from {neither}. From a probability of {spec.declined_from:.3f} of {neither} there is no "
        "decision: the answer is that nothing can be told."
    )
    if not manifest.novelty:
        return text
    header = ["kind of picture", "should be marked", "trained on", "images", "share marked"]
    rows = [_novelty_row(result) for result in sorted(manifest.novelty, key=lambda result: not result.real)]
    return (
        f"{text}\n\nHow many were marked as {neither}. Kinds that the gate was trained on say little about pictures "
        f"that nobody thought of; the others are the test.\n\n{table(header, rows)}"
    )


def _novelty_row(result: NoveltyResult) -> list[str]:
    trained = "yes" if result.trained_on else "no"
    return [result.kind, "no" if result.real else "yes", trained, f"{result.images:,}", interval(result.flagged)]


def shortcuts(manifest: Manifest) -> str:
    """How many decisions flip under changes that should not matter, nothing where none was measured."""
    if not manifest.shortcuts:
        return ""
    header = ["change", "strength", "images", "pixel change", "flips", "flips by noise of equal pixel change"]
    rows = [
        [
            result.change.replace("_", " "),
            f"{result.strength:g} {result.unit}".strip(),
            f"{result.images:,}",
            f"{result.pixel_change:.2f}",
            interval(result.flips),
            interval(result.control_flips),
        ]
        for result in manifest.shortcuts
    ]
    return (
        "## Shortcuts\n\nShare of decisions at the first operating point that differ after test images were changed in "
        "a way that should not matter. Pixel change is the mean absolute change, of 255. Where a change flips more "
        f"than noise of the same size does, the network looks at it.\n\n{table(header, rows)}"
    )
