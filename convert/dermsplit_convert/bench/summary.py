"""The three figures that the rows come down to: bytes against a picture's, bytes against the entropy, and flips."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dermsplit_convert.bench.coders import CODERS
from dermsplit_convert.bench.forms import THIS_BUNDLE, picture_forms
from dermsplit_convert.bench.measure import GZIP_REQUEST
from dermsplit_convert.bench.rows import ALL, Row

AUC_SLACK = 0.002
"""A codec setting is as good as the bundle where its AUC over all images is at most this much below the bundle's."""

STEADY = 0.005
"""A form keeps the decisions where at most this share of them flips."""

NEAR_ENTROPY = 1.3
"""A coder is near enough to the entropy at this many times its bytes."""


@dataclass(frozen=True)
class Summary:
    """``picture`` is the smallest codec setting, by median bytes, that is as good as the bundle; None if none is.

    ``ratio`` is the bundle's median request over its median file, ``gzip_ratio`` the same of the request under gzip.
    ``steady_picture`` is the smallest setting that flips at most 0.5% of the decisions, or no more than the bundle.
    ``to_entropy`` is mean bytes over order-0 entropy by coder, empty for floats; ``coder`` the simplest near enough.
    """

    request: float
    gzip_request: float
    largest_request: int
    picture: str | None
    picture_bytes: float | None
    ratio: float | None
    gzip_ratio: float | None
    steady_picture: str | None
    steady_picture_bytes: float | None
    to_entropy: dict[str, float]
    coder: str | None
    flips: int
    flip_share: float
    images: int

    def lines(self) -> list[str]:
        """A few plain sentences."""
        said = [f"Flips against float32 features: {self.flips} of {self.images} ({self.flip_share:.2%})."]
        if self.picture is None:
            said.append(f"No JPEG or WebP setting reaches the bundle's AUC less {AUC_SLACK}.")
        else:
            said.append(
                f"Request {self.request:,.0f} bytes ({self.gzip_request:,.0f} with gzip), {self.picture} "
                f"{self.picture_bytes:,.0f} bytes at no less than the bundle's AUC less {AUC_SLACK}: "
                f"ratio {self.ratio:.2f} ({self.gzip_ratio:.2f} with gzip)."
            )
        if self.steady_picture is None:
            said.append(f"No JPEG or WebP setting keeps the decisions (at most {STEADY:.1%} flips, or the bundle's).")
        else:
            said.append(
                f"Smallest picture that keeps the decisions (at most {STEADY:.1%} flips, or the bundle's): "
                f"{self.steady_picture}, {self.steady_picture_bytes:,.0f} bytes."
            )
        said.append(f"Largest request: {self.largest_request:,} bytes.")
        if self.to_entropy:
            ratios = ", ".join(f"{name} {ratio:.2f}" for name, ratio in self.to_entropy.items())
            simplest = f"simplest within {NEAR_ENTROPY}: {self.coder or 'none'}"
            said.append(f"Features over their order-0 entropy: {ratios}; {simplest}.")
        return said


def summarise_bundle(rows: Sequence[Row]) -> Summary:
    """The bundle's row against all the others."""
    bundle = next(row for row in rows if row.sent == THIS_BUNDLE)
    rival, steady = smallest_picture(rows, bundle), steady_picture(rows, bundle)
    file = rival.request.median if rival else None
    gzipped = bundle.sizes[GZIP_REQUEST].median
    ratios = to_entropy(bundle)
    return Summary(
        request=bundle.request.median,
        gzip_request=gzipped,
        largest_request=bundle.request.largest,
        picture=rival.sent if rival else None,
        picture_bytes=file,
        ratio=bundle.request.median / file if file else None,
        gzip_ratio=gzipped / file if file else None,
        steady_picture=steady.sent if steady else None,
        steady_picture_bytes=steady.request.median if steady else None,
        to_entropy=ratios,
        coder=next((name for name, ratio in ratios.items() if ratio <= NEAR_ENTROPY), None),
        flips=bundle.flips,
        flip_share=bundle.flip_share,
        images=bundle.images,
    )


def smallest_picture(rows: Sequence[Row], bundle: Row) -> Row | None:
    """Of the codec settings whose AUC over all images is at least the bundle's less 0.002, that of fewest bytes."""
    wanted = (bundle.auc[ALL] or 0.0) - AUC_SLACK
    return _smallest(row for row in _pictures(rows) if (row.auc[ALL] or 0.0) >= wanted)


def steady_picture(rows: Sequence[Row], bundle: Row) -> Row | None:
    """Of the codec settings that flip at most 0.5% of the decisions, or no more than the bundle, that of fewest bytes.

    An equal AUC does not say that the same people get the same answer; this does.
    """
    most = max(STEADY, bundle.flip_share)
    return _smallest(row for row in _pictures(rows) if row.flip_share <= most)


def to_entropy(row: Row) -> dict[str, float]:
    """Mean bytes of the features over their order-0 entropy, by coder from the simplest on; empty for floats."""
    if not row.entropy:
        return {}
    return {name: row.sizes[name].mean / row.entropy for name in CODERS if name in row.sizes}


def _pictures(rows: Sequence[Row]) -> list[Row]:
    names = {form.name for form in picture_forms()}
    return [row for row in rows if row.sent in names]


def _smallest(rows: Iterable[Row]) -> Row | None:
    return min(rows, key=lambda row: row.request.median, default=None)
