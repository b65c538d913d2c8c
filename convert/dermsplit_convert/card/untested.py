"""What nobody measured, said as plainly as what was."""

from dermsplit_contract.manifest import Manifest

ATTRIBUTES = {"age": "age", "sex": "sex", "site": "place on the body", "skin_type": "skin type"}


def untested(manifest: Manifest) -> str:
    """The section: what was never tested, and what this bundle's records leave out."""
    lines = [
        "- No doctor and no patient has used it, and it was compared with no doctor's answer.",
        "- Cameras, clinics and countries other than those of the data sets above.",
    ]
    measured = {result.attribute for result in manifest.groups}
    if missing := [words for name, words in ATTRIBUTES.items() if name not in measured]:
        lines.append(f"- Differences between groups by {', '.join(missing)}.")
    if manifest.domains is None:
        lines.append("- Pictures that are neither dermoscopic nor a phone close-up: it does not recognise them.")
    elif not manifest.novelty:
        lines.append("- How many pictures that show no lesion are recognised as such.")
    if not manifest.shortcuts:
        lines.append("- Whether ink, rulers, hair, colour casts or the framing lead it astray.")
    if manifest.leakage is None:
        lines.append("- How much of a photo, and of the person, can be told from its features.")
    return "\n".join(["## What was not tested", "", *lines])
