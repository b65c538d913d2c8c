"""The figures as Markdown and as rows of a CSV file."""

from collections.abc import Sequence

from dermsplit_contract.measures import AttributeResult, Interval, LeakageResult, RankResult, RebuiltResult
from dermsplit_convert.bench.tables import TextTable
from dermsplit_convert.leakage.attack import Attacked
from dermsplit_convert.leakage.reached import gap, reached
from dermsplit_convert.leakage.record import HeadCost, Price

NAMES = {
    "ridge": "ridge regression",
    "decoder": "trained decoder",
    "optimised": "optimisation",
    "mean_picture": "no features: the mean picture",
    "nearest_picture": "no features: nearest training picture, chosen with the photo in hand",
    "same_photo": "the photo, by its rebuilt picture",
    "same_lesion": "another photo of the same lesion, by features",
}


def rebuilt_table(attacked: Sequence[Attacked]) -> TextTable:
    """How near the rebuilt pictures come, a row an attack; the baselines, which are the same for all cuts, last."""
    cells = [
        [one.result.cut, one.coding, f"{one.result.item_bytes:,}", f"{one.result.gzip_bytes:,.0f}", *_likeness(rebuilt)]
        for one in attacked
        for rebuilt in one.result.rebuilt
        if not rebuilt.baseline
    ]
    cells += [["-", "-", "0", "0", *_likeness(one)] for one in attacked[0].result.rebuilt if one.baseline]
    return TextTable(["cut", "coding", "bytes", "gzip", "attack", "PSNR, dB", "SSIM [95%]", "MS-SSIM"], cells)


def optimised_table(attacked: Sequence[Attacked]) -> TextTable:
    """The optimisation beside the others on the few images that it had; no rows where there was none."""
    cells = [
        [*_coding(one), f"{one.optimised.result.images:,}", *_likeness(rebuilt)]
        for one in attacked
        if one.optimised
        for rebuilt in one.optimised.result.rebuilt
        if not rebuilt.baseline
    ]
    first = attacked[0].optimised
    if first:
        few = f"{first.result.images:,}"
        cells += [["-", "-", few, *_likeness(one)] for one in first.result.rebuilt if one.baseline]
    return TextTable(["cut", "coding", "images", "attack", "PSNR, dB", "SSIM [95%]", "MS-SSIM"], cells)


def frontier_table(attacked: Sequence[Attacked]) -> TextTable:
    """What leaks beside what it costs, a row a cut and coding; no rows where the answers were not judged."""
    columns = ["cut", "coding", "gzip", "head MACs", "AUC [95%]", "less uncut [95%]", "flips [95%]"]
    columns += ["SSIM of the best attack", "less the nearest picture's"]
    return TextTable(columns, [_frontier(one, one.price, one.head) for one in attacked if one.price and one.head])


def _frontier(one: Attacked, price: Price, head: HeadCost) -> list[str]:
    change = price.auc_change
    return [
        *_coding(one),
        f"{one.result.gzip_bytes:,.0f}",
        f"{head.macs / 1e6:,.0f} M",
        _interval(price.auc),
        f"{change.value:+.4f} [{change.low:+.4f}, {change.high:+.4f}]",
        _share(price.flips),
        f"{reached(one):.3f}",
        f"{gap(one):+.3f}",
    ]


def rank_table(attacked: Sequence[Attacked]) -> TextTable:
    """How often the right picture comes first, or among five."""
    columns = ["cut", "coding", "looked for", "asked", "among", "first [95%]", "by guessing", "of five", "by guessing"]
    return TextTable(columns, [[*_coding(one), *_rank(rank)] for one in attacked for rank in one.result.ranks])


def attribute_table(attacked: Sequence[Attacked]) -> TextTable:
    """What is read about the person."""
    columns = ["cut", "coding", "data set", "attribute", "values", "images", "majority", "accuracy [95%]", "AUC [95%]"]
    cells = [[*_coding(one), *_attribute(found)] for one in attacked for found in one.result.attributes]
    return TextTable(columns, cells)


def csv_rows(attacked: Sequence[Attacked]) -> list[dict[str, object]]:
    """Every figure in a row of its own: what, measure, value, low, high."""
    return [
        {"cut": one.result.cut, "coding": one.coding, "bytes": one.result.item_bytes, **row}
        for one in attacked
        for row in _figures(one.result)
    ]


def _figures(result: LeakageResult) -> list[dict[str, object]]:
    rows = []
    for rebuilt in result.rebuilt:
        for measure in ("psnr", "ssim", "ms_ssim"):
            rows.append(_figure(rebuilt.name, measure, getattr(rebuilt, measure)))
    for rank in result.ranks:
        rows += [_figure(rank.looked_for, "rank_1", rank.rank_1), _figure(rank.looked_for, "rank_5", rank.rank_5)]
    for found in result.attributes:
        what = f"{found.data_set} {found.attribute}"
        majority = Interval(value=found.majority_rate, low=found.majority_rate, high=found.majority_rate)
        rows += [_figure(what, "majority_rate", majority), _figure(what, "accuracy", found.accuracy)]
        rows += [_figure(what, "auc", found.auc)] if found.auc else []
    return rows


def _figure(what: str, measure: str, found: Interval) -> dict[str, object]:
    return {"what": what, "measure": measure, **found.model_dump()}


def _coding(one: Attacked) -> list[str]:
    return [one.result.cut, one.coding]


def _likeness(one: RebuiltResult) -> list[str]:
    return [NAMES[one.name], f"{one.psnr.value:.1f}", _interval(one.ssim), f"{one.ms_ssim.value:.3f}"]


def _rank(one: RankResult) -> list[str]:
    found = [NAMES[one.looked_for], f"{one.asked:,}", f"{one.among:,}", _share(one.rank_1), f"{one.chance_1:.1%}"]
    return [*found, f"{one.rank_5.value:.1%}", f"{one.chance_5:.1%}"]


def _attribute(one: AttributeResult) -> list[str]:
    about = [one.data_set, one.attribute.replace("_", " "), str(len(one.values)), f"{one.images:,}"]
    return [
        *about,
        f"{one.majority_rate:.1%}",
        _share(one.accuracy),
        "too few" if one.auc is None else _interval(one.auc),
    ]


def _interval(one: Interval) -> str:
    return f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]"


def _share(one: Interval) -> str:
    return f"{one.value:.1%} [{one.low:.1%}, {one.high:.1%}]"
