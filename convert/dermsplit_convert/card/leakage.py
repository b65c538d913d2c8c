"""What the features give away, in the bundle's own figures."""

from dermsplit_contract.manifest import Manifest
from dermsplit_contract.measures import AttributeResult, LeakageResult, RankResult, RebuiltResult
from dermsplit_convert.card.words import interval, table

REBUILT = {
    "ridge": "rebuilt from the features by ridge regression",
    "decoder": "rebuilt from the features by a trained decoder",
    "mean_picture": "without features: the mean picture",
    "nearest_picture": "without features: the nearest training picture, chosen with the photo in hand",
}
RANKS = {"same_photo": "the photo, by its rebuilt picture", "same_lesion": "another photo of the same lesion"}


def leakage(manifest: Manifest) -> str:
    """The section: rebuilt pictures, re-identification, attributes; nothing where it was not measured."""
    found = manifest.leakage
    if found is None:
        return ""
    rebuilt = [_rebuilt_row(one) for one in found.rebuilt]
    parts = [_introduction(found), table(["picture", "PSNR, dB", "SSIM", "MS-SSIM"], rebuilt)]
    if found.ranks:
        header = ["looked for", "asked", "among", "first", "by guessing", "of five", "by guessing"]
        parts.append(table(header, [_rank_row(one) for one in found.ranks]))
    if found.attributes:
        header = ["data set", "attribute", "images", "commonest value", "accuracy", "AUC"]
        parts.append("What is read about the person, beside always saying the commonest value:")
        parts.append(table(header, [_attribute_row(one) for one in found.attributes]))
    parts.append(
        "These are what simple attacks found, a floor and no bound: whoever has more photos or more time does better. "
        "Features of a lesion are health data, as the photo is."
    )
    return "\n\n".join(parts)


def _introduction(found: LeakageResult) -> str:
    return (
        "## What the features give away\n\n"
        f"Whoever has the features and the head, which anyone can download, can turn them back into a picture. Learned "
        f"from {found.training_images:,} photos and judged on {found.images:,} photos of {found.groups:,} other "
        f"lesions or patients, at {found.side}x{found.side} pixels, with 95% intervals over these:"
    )


def _rebuilt_row(one: RebuiltResult) -> list[str]:
    return [REBUILT.get(one.name, one.name), f"{one.psnr.value:.1f}", interval(one.ssim), interval(one.ms_ssim)]


def _rank_row(one: RankResult) -> list[str]:
    counts = [RANKS.get(one.looked_for, one.looked_for), f"{one.asked:,}", f"{one.among:,}"]
    return [*counts, interval(one.rank_1), f"{one.chance_1:.3f}", interval(one.rank_5), f"{one.chance_5:.3f}"]


def _attribute_row(one: AttributeResult) -> list[str]:
    about = [one.data_set, one.attribute.replace("_", " "), f"{one.images:,}", f"{one.majority_rate:.3f}"]
    return [*about, interval(one.accuracy), interval(one.auc)]
