"""What dominates what: a cut whose compared figures are nowhere larger, and somewhere smaller (Pareto 1906)."""

from collections.abc import Sequence

from dermsplit_convert.cut_search.candidate import FIGURES, Candidate, Figure


def compared_figures(candidates: Sequence[Candidate]) -> list[Figure]:
    """The figures that are known of every candidate: what is unknown of one cannot be compared."""
    return [figure for figure in FIGURES if figure.compared and all(figure.read(one) is not None for one in candidates)]


def undominated(candidates: Sequence[Candidate], figures: Sequence[Figure]) -> list[Candidate]:
    """Those that no other dominates, in the order given, which is that of depth.

    Of candidates equal in every figure the deepest is taken: what is computed from features tells no more of the photo
    than the features did.
    """
    rows = [row_of(one, figures) for one in candidates]
    return [
        one
        for place, one in enumerate(candidates)
        if not any(dominates(row, rows[place]) for row in rows) and rows[place] not in rows[place + 1 :]
    ]


def row_of(candidate: Candidate, figures: Sequence[Figure]) -> tuple[float, ...]:
    """The candidate's figures, in that order."""
    return tuple(float(figure.read(candidate) or 0.0) for figure in figures)


def dominates(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether one row of figures dominates another."""
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))
