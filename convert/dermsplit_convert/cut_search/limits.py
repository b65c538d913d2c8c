"""What a cut may cost at most, and by how much it misses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dermsplit_convert.cut_search.candidate import FIGURES, Candidate, Figure

PHOTO = "sends the photo itself, since its head only scales it"


@dataclass(frozen=True)
class Miss:
    """A limit that a candidate breaks. ``found`` is None where the figure was not measured."""

    figure: Figure
    found: float | None
    allowed: float

    @property
    def ratio(self) -> float:
        """How many times the limit; infinite where nothing is known or nothing is allowed."""
        return self.found / self.allowed if self.found is not None and self.allowed else float("inf")

    def sentence(self) -> str:
        """For example: has features of 9,408 B, over --max-bytes 5,000 B."""
        if self.found is None:
            return f"has no measured figure for {self.figure.option}"
        found, allowed = self.figure.show(self.found), self.figure.show(self.allowed)
        return f"has {self.figure.words} of {found}, over {self.figure.option} {allowed}"


def misses(candidate: Candidate, limits: Mapping[str, float]) -> list[Miss]:
    """The limits that a candidate breaks; ``limits`` by the option that sets them."""
    asked = [(figure, figure.read(candidate), limits[figure.option]) for figure in FIGURES if figure.option in limits]
    return [Miss(figure, found, most) for figure, found, most in asked if found is None or found > most]


def fits(candidate: Candidate, limits: Mapping[str, float]) -> bool:
    """Whether a candidate keeps the photo to itself and breaks no limit."""
    return not candidate.cut.sends_photo and not misses(candidate, limits)


def nearest_miss(candidates: Sequence[Candidate], limits: Mapping[str, float]) -> str:
    """One sentence on the candidate whose worst miss is smallest, where none fits."""
    rest = [one for one in candidates if not one.cut.sends_photo]
    if not rest:
        return "No cut fits: the network has no legal cut behind a layer that computes anything."
    near = min(rest, key=lambda one: max(miss.ratio for miss in misses(one, limits)))
    return (
        f"No cut fits. The nearest is {near.layer}, which {' and '.join(m.sentence() for m in misses(near, limits))}."
    )
