"""CARD.md: what a bundle is for, what it was made from, how good it is and where it fails, for a person to read."""

from dermsplit_contract.manifest import Manifest
from dermsplit_convert.card.leakage import leakage
from dermsplit_convert.card.performance import groups, metadata, operating_points, performance
from dermsplit_convert.card.pictures import domains, shortcuts
from dermsplit_convert.card.untested import untested
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
        performance(manifest),
        operating_points(manifest),
        groups(manifest),
        metadata(manifest),
        domains(manifest),
        shortcuts(manifest),
        _cut(manifest, calibration),
        leakage(manifest),
        _limits(manifest),
        untested(manifest),
        _licence(manifest),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _summary(manifest: Manifest) -> str:
    size = manifest.input.size
    return (
        f"# Model card: {manifest.name}\n\n"
        f"{manifest.backbone}, fine-tuned to tell {' from '.join(manifest.labels)} skin lesions, and cut in two at "
        f"`{manifest.cut}`. The head runs where the photo is taken, on {size}x{size} RGB pixels; only its features "
        "leave the device. The tail runs on a server and answers with one calibrated probability a label"
        f"{_beside(manifest)}."
    )


def _beside(manifest: Manifest) -> str:
    return " and one for each kind of picture that it may come from" if manifest.domains else ""


def _data(manifest: Manifest) -> str:
    rows = ["| data set | images by part | counted malignant | licence | source |", "|---|---|---|---|---|"]
    for data in manifest.data:
        parts = ", ".join(f"{part} {data.images[part]:,}" for part in PARTS if part in data.images)
        malignant = ", ".join(data.malignant_means)
        rows.append(f"| {data.name} | {parts} | {malignant} | {data.licence} | {data.citation} doi:{data.doi} |")
    split = "No lesion (HAM10000) and no patient (PAD-UFES-20) is in more than one part."
    return "\n".join(["## Data", "", *rows, "", split, "", CLASSES_DIFFER])


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
    lines = [
        "## Limits\n",
        f"- Probabilities are calibrated{_temperature(manifest)} for pictures of which {_prevalences(manifest)}. Among "
        "people who photograph their own moles malignant ones are far rarer, so there the same number means less risk "
        "than it says; a server that is told the prevalence gives the shifted number beside it.",
        "- Dermoscopic pictures and phone photos are different domains; see the figures of each.",
        f"- Dark skin is rare in the data, so {_dark_skin(manifest)}. Nor does any hold for hair, nails, mucosa, "
        "tattoos or wounds.",
        "- Some phone photos of the training data hold ink marks round the lesion, a shortcut that networks can learn.",
    ]
    if manifest.domains is None:
        lines.append("- A picture that shows no lesion gets an answer all the same, and that answer means nothing.")
    return "\n".join(lines)


def _dark_skin(manifest: Manifest) -> str:
    measured = any(result.attribute == "skin_type" for result in manifest.groups)
    return "the figures by skin type rest on few images" if measured else "no figure here holds for it"


def _temperature(manifest: Manifest) -> str:
    return " by domain" if manifest.domains else f" (temperature {manifest.temperature:.3f})"


def _prevalences(manifest: Manifest) -> str:
    if manifest.domains is None or not manifest.domains.prevalence:
        return f"{manifest.prevalence:.0%} are malignant"
    by_domain = [f"{share:.0%} ({name})" for name, share in manifest.domains.prevalence.items()]
    return f"{' and '.join(by_domain)} are malignant, {manifest.prevalence:.0%} where neither was recognised"


def _licence(manifest: Manifest) -> str:
    sources = ", ".join(f"{data.name}: {data.licence}" for data in manifest.data)
    text = f"## Licence\n\nWeights: {manifest.weights_licence}. The data they were learned from: {sources}."
    if any("NC" in data.licence for data in manifest.data):
        text += (
            " In the careful reading of a non-commercial licence (CC BY-NC 4.0), weights learned from such data are "
            "non-commercial too: do not use this bundle commercially."
        )
    return text
