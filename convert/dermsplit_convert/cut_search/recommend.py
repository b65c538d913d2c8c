"""The cuts that nothing dominates, and for each a sentence that says why it, and why not its neighbours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dermsplit_convert.cut_search.candidate import Candidate, Figure
from dermsplit_convert.cut_search.limits import PHOTO, fits, misses
from dermsplit_convert.cut_search.pareto import compared_figures, dominates, row_of, undominated


@dataclass(frozen=True)
class Recommendation:
    """An undominated cut and the reason in a sentence."""

    candidate: Candidate
    why: str


def recommend(candidates: Sequence[Candidate], limits: Mapping[str, float]) -> list[Recommendation]:
    """The undominated of the candidates that fit, all candidates being in order of depth; empty where none fits.

    ``limits`` are by the option that sets them, for example ``{"--max-bytes": 8000}``.
    """
    fitting = [one for one in candidates if fits(one, limits)]
    figures = compared_figures(fitting)
    chosen = undominated(fitting, figures)
    explain = _Explanation(candidates, fitting, chosen, limits, figures)
    return [Recommendation(one, explain(one)) for one in chosen]


@dataclass(frozen=True)
class _Explanation:
    """Why a candidate is chosen, in words."""

    candidates: Sequence[Candidate]
    fitting: Sequence[Candidate]
    chosen: Sequence[Candidate]
    limits: Mapping[str, float]
    figures: Sequence[Figure]

    def __call__(self, one: Candidate) -> str:
        before, after = _beside(self.candidates, one)
        neighbours = [f"before it, {other.layer} {self._fate(other, one)}" for other in before]
        neighbours += [f"after it, {other.layer} {self._fate(other, one)}" for other in after]
        return "; ".join([self._merit(one), *neighbours]) + "."

    def _merit(self, one: Candidate) -> str:
        best = [
            f"{figure.best} ({figure.show(value)})"
            for figure in self.figures
            if (value := figure.read(one)) is not None
            and value == min(figure.read(other) or 0.0 for other in self.fitting)
        ]
        if best:
            return f"Of all that fit it has {_listed(best)}"
        before, after = _beside(self.chosen, one)
        return f"It has {_listed([self._less(one, other) for other in (*before, *after)])}"

    def _less(self, one: Candidate, other: Candidate) -> str:
        """What is less here than there, by the figure in which the two are furthest apart."""
        figure = max(self.figures, key=lambda figure: _ratio(figure, other, one))
        return f"{_against(figure, one, other)} at {other.layer}"

    def _fate(self, other: Candidate, one: Candidate) -> str:
        if other.cut.sends_photo:
            return PHOTO
        broken = misses(other, self.limits)
        if broken:
            return broken[0].sentence()
        if other in self.chosen:
            return "is a choice too"
        row = row_of(other, self.figures)
        betters = (one, *self.chosen)
        better = next(found for found in betters if row_of(found, self.figures) == row or self._beats(found, row))
        return f"is no better than {'this' if better is one else better.layer}: it has {self._more(other, better)}"

    def _beats(self, one: Candidate, row: tuple[float, ...]) -> bool:
        return dominates(row_of(one, self.figures), row)

    def _more(self, other: Candidate, better: Candidate) -> str:
        figure = max(self.figures, key=lambda figure: _ratio(figure, other, better))
        if figure.read(other) == figure.read(better):
            return "the same figures and is less deep"
        return _against(figure, other, better)


def _beside(candidates: Sequence[Candidate], one: Candidate) -> tuple[Sequence[Candidate], Sequence[Candidate]]:
    """The one before and the one after, each a list that is empty at an end."""
    place = candidates.index(one)
    return candidates[:place][-1:], candidates[place + 1 :][:1]


def _against(figure: Figure, one: Candidate, other: Candidate) -> str:
    """A figure of both: in short, or to the last digit where in short they would look alike."""
    here, there = figure.read(one) or 0.0, figure.read(other) or 0.0
    short = figure.show(here), figure.show(there)
    exact = f"{here:,.10g}", f"{there:,.10g}"
    return "{} of {} against {}".format(figure.words, *(exact if short[0] == short[1] else short))


def _ratio(figure: Figure, larger: Candidate, smaller: Candidate) -> float:
    above, below = figure.read(larger) or 0.0, figure.read(smaller) or 0.0
    return above / below if below else (float("inf") if above else 1.0)


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
