"""What an operator may set: by environment (DERMSPLIT_...), or by the flags of `dermsplit serve`."""

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from dermsplit_contract.errors import UsageError

HERE = Path(__file__).parent
Engine = Literal["auto", "keras"]


class Settings(BaseSettings):
    """Settings of one server process."""

    model_config = SettingsConfigDict(env_prefix="DERMSPLIT_", frozen=True, extra="ignore")

    bundles: Path = Field(HERE / "bundles", description="Folder of bundle folders, or one bundle")
    page: Path = Field(HERE / "page", description="The built page")
    host: str = Field("127.0.0.1", description="Address to listen on; loopback unless said otherwise")
    port: int = Field(8000, ge=0, le=65535, description="0 takes a free port")
    engine: Engine = Field("auto", description="What runs the tail; auto takes the fastest that is installed")
    current: str | None = Field(None, description="Bundle id that is served by default; else the newest")
    max_batch: int = Field(8, ge=1, le=256, description="Items that one request may hold")
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=256, description="Inferences at a time")
    prevalence: float | None = Field(
        None, gt=0, lt=1, description="Share of malignant lesions among those asked about; a request may tell its own"
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"


def read_settings(**given: Any) -> Settings:
    """Settings from the environment, with ``given`` before it. A None in ``given`` counts as not given.

    Raises UsageError that names the setting which is out of range.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = "DERMSPLIT_" + ".".join(str(part) for part in first["loc"]).upper()
        raise UsageError(f"The setting {name} is not valid: {first['msg']}.") from error
