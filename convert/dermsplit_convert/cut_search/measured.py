"""Figures of cuts that only experiments give, from a file: how many decisions flip, how much of the photo leaks."""

from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError

from dermsplit_contract.errors import UsageError
from dermsplit_contract.measures import Record


class Measured(Record):
    """What was measured at one cut, less being better in both."""

    flips: float | None = Field(default=None, ge=0, le=1, description="Share of decisions that the quantiser flips")
    leakage: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="How well a photo can be rebuilt, in one measure for all"
    )


UNMEASURED = Measured()


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
