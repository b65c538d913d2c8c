"""What a person tells beside the photo: age, sex and site as the metadata tensor, and the prevalence."""

from dataclasses import dataclass

import numpy as np

from dermsplit_contract.errors import UsageError
from dermsplit_contract.manifest import Manifest
from dermsplit_contract.measures import MetadataField
from dermsplit_server.engines import Metadata

OLDEST = 130
"""Years; the server takes no older person either."""


@dataclass(frozen=True)
class Told:
    """What the command line tells: age in years, sex and site as the manifest words them, prevalence in 0..1."""

    age: float | None = None
    sex: str | None = None
    site: str | None = None
    prevalence: float | None = None

    def check(self) -> None:
        """Raise UsageError for a number that no bundle could take."""
        if self.age is not None and not 0 <= self.age <= OLDEST:
            raise UsageError(f"Expected --age in years from 0 to {OLDEST}, got {self.age:g}.")
        if self.prevalence is not None and not 0 < self.prevalence < 1:
            raise UsageError(f"Expected --prevalence above 0 and below 1, got {self.prevalence:g}; 2% is 0.02.")

    @property
    def fields(self) -> dict[str, float | str]:
        """What is told about the person, by the name of its field."""
        given = {"age": self.age, "sex": self.sex, "site": self.site}
        return {name: value for name, value in given.items() if value is not None}


def metadata_for(told: Told, manifest: Manifest) -> Metadata | None:
    """The tensor float32 [1, M] for a bundle, None where nothing is told.

    Raises UsageError where the bundle does not take what is told, or knows no such sex or site.
    """
    if not told.fields:
        return None
    takes = {field.name: field for field in manifest.metadata.fields} if manifest.metadata else {}
    for name in told.fields:
        if name not in takes:
            instead = f"it takes {', '.join(takes)}" if takes else "it takes the picture alone"
            raise UsageError(f"The bundle {manifest.id} does not take --{name}: {instead}. Leave the option out.")
    columns = [column for name, field in takes.items() for column in _columns(field, told.fields.get(name))]
    return np.array([columns], dtype=np.float32)


def _columns(field: MetadataField, value: float | str | None) -> list[float]:
    if not field.values:
        return [0.0, 0.0] if value is None else [float(value) / 100, 1.0]
    if value is not None and value not in field.values:
        raise UsageError(f"Expected --{field.name} to be one of {', '.join(field.values)}, got '{value}'.")
    return [float(name == value) for name in field.values]
