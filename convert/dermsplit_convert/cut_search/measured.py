"""Figures of cuts that only experiments give, from files: how many decisions flip, how much of the photo leaks."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError

from dermsplit_contract.errors import UsageError
from dermsplit_contract.measures import Record
from dermsplit_convert.leakage.record import CodingRecord, read_record


class Measured(Record):
    """What was measured at one cut, less being better in both."""

    flips: float | None = Field(default=None, ge=0, le=1, description="Share of decisions that the quantiser flips")
    leakage: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="How well a photo can be rebuilt, in one measure for all"
    )


UNMEASURED = Measured()


def read_leakage(paths: Sequence[Path], layers: Sequence[str], bits: int) -> dict[str, Measured]:
    """By layer, what `dermsplit leakage` wrote of values of so many bits without noise; the latest file counts.

    Raises UsageError where a file is no leakage.json, or names a layer that is no legal cut of the network.
    """
    found: dict[str, Measured] = {}
    for path in paths:
        codings = read_record(path).codings
        strangers = sorted({one.result.cut for one in codings} - set(layers))
        if strangers:
            raise UsageError(
                f"Expected --leakage to name legal cuts of this network only, '{path}' has '{strangers[0]}'. "
                "Measure a bundle of this run."
            )
        found |= {one.result.cut: _measured(one) for one in codings if one.bits == bits and not one.noise}
    return found


def _measured(one: CodingRecord) -> Measured:
    return Measured(leakage=max(0.0, one.leakage), flips=one.price.flips.value if one.price else None)


def joined(first: Mapping[str, Measured], second: Mapping[str, Measured]) -> dict[str, Measured]:
    """Both, and where both tell of one figure of a layer, the second."""
    return {
        layer: first.get(layer, UNMEASURED).model_copy(
            update=second.get(layer, UNMEASURED).model_dump(exclude_none=True)
        )
        for layer in {**first, **second}
    }


def read_measured(path: Path, layers: list[str]) -> dict[str, Measured]:
    """Read a JSON object from layer to ``{"flips": ..., "leakage": ...}``, either of which may be missing.

    Raises UsageError where the file is no such object, or names a layer that is no legal cut of the network.
    """
    try:
        found = TypeAdapter(dict[str, Measured]).validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"Expected a file at --measured, but '{path}' cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the top"
        raise UsageError(
            'Expected --measured to be JSON such as {"LAYER": {"flips": 0.01, "leakage": 0.2}}; '
            f"'{path}' is not at {where}: {first['msg']}."
        ) from error
    strangers = sorted(set(found) - set(layers))
    if strangers:
        raise UsageError(
            f"Expected --measured to name legal cuts of this network only, got '{strangers[0]}'. "
            "`dermsplit cuts` without it lists them."
        )
    return found
