"""What an operator may set: by the flags of `dermsplit serve`, by environment (DERMSPLIT_...), or by a file."""

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from dermsplit_contract.errors import UsageError

HERE = Path(__file__).parent
PREFIX = "DERMSPLIT_"
FILE_VARIABLE = "DERMSPLIT_SETTINGS"
LOOPBACK = ["localhost", "127.0.0.1", "::1"]
Names = Annotated[list[str], NoDecode, BeforeValidator(lambda given: _split(given))]
Engine = Literal["auto", "openvino", "keras"]


class Settings(BaseSettings):
    """Settings of one server process."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    bundles: Path = Field(HERE / "bundles", description="Folder of bundle folders, or one bundle")
    page: Path = Field(HERE / "page", description="The built page")
    host: str = Field("127.0.0.1", description="Address to listen on; loopback unless said otherwise")
    port: int = Field(8000, ge=0, le=65535, description="0 takes a free port")
    phone: bool = Field(
        False,
        description="Listen on the local network over TLS, and print a QR code; `dermsplit serve` alone heeds it",
    )
    engine: Engine = Field("auto", description="What runs the tail; auto takes openvino where the bundle carries it")
    current: str | None = Field(None, description="Bundle id that is served by default; else the newest")
    look_every: float = Field(
        10, ge=0, le=86_400, description="Seconds between looks at the folder of bundles; 0 looks on SIGHUP alone"
    )
    settle: float = Field(
        default_factory=lambda: 0.0 if _workers() == 1 else 30.0,
        ge=0,
        le=86_400,
        description="Seconds that a new version is answered before it becomes the current one, so that every worker "
        "has it by then: 0 with one worker, 30 with more of them",
    )
    grace: float = Field(
        300, ge=0, le=86_400, description="Seconds that a bundle is answered after it has left the folder"
    )
    max_batch: int = Field(8, ge=1, le=256, description="Items that one request may hold")
    threads: int = Field(default_factory=lambda: _cores(), ge=1, le=256, description="Batches of inferences at a time")
    engine_threads: int = Field(
        default_factory=lambda: max(1, _cores() // _workers()),
        ge=1,
        le=256,
        description="Processor threads that openvino may use: by default the cores, shared by the workers that "
        "WEB_CONCURRENCY says there are",
    )
    batch: int = Field(1, ge=1, le=256, description="Items that are run as one where they wait together")
    prevalence: float | None = Field(
        None, gt=0, lt=1, description="Share of malignant lesions among those asked about; a request may tell its own"
    )
    queue: int = Field(64, ge=0, le=100_000, description="Requests that may wait for an inference; more get a 503")
    header_timeout: float = Field(10, gt=0, le=600, description="Seconds for a request's headers, and of idling")
    body_timeout: float = Field(15, gt=0, le=600, description="Seconds for a request's body")
    allowed_hosts: Names = Field(
        LOOPBACK, description="Names that the server goes by, with commas between; * for any behind a proxy that checks"
    )
    api_keys: Names = Field(
        [], description="SHA-256 of the API keys that may ask the tail, with commas between; none lets everybody ask"
    )
    rate_limit: int | None = Field(
        None, ge=1, description="Inferences a minute for each key or address, in each worker; no limit by default"
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = Field("text", description="json writes one object a line")

    @field_validator("api_keys")
    @classmethod
    def _keys_are_hashed(cls, keys: list[str]) -> list[str]:
        if not all(re.fullmatch(r"[0-9a-fA-F]{64}", key) for key in keys):
            raise ValueError("expected the 64 hexadecimal digits of each key's SHA-256, never a key itself")
        return keys

    @model_validator(mode="after")
    def _names_go_with_the_address(self) -> "Settings":
        if self.host not in LOOPBACK and self.allowed_hosts == LOOPBACK and not self.phone:
            raise ValueError(
                f"who listens on {self.host} must say by which names: give --allowed-hosts mole.example, or * for any"
            )
        return self


def _split(given: Any) -> Any:
    """Names from a text with commas."""
    return [name for part in given.split(",") if (name := part.strip())] if isinstance(given, str) else given


def _cores() -> int:
    """Cores that this process may run on, which are fewer than the machine's in a container."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _workers() -> int:
    """uvicorn starts as many where it is not told otherwise."""
    told = os.environ.get("WEB_CONCURRENCY", "1")
    return max(1, int(told)) if told.isdecimal() else 1


def read_settings(file: Path | None = None, **given: Any) -> Settings:
    """Settings from ``given``, then the environment, then a file of lines like ``DERMSPLIT_PORT=8000``.

    The file is ``file``, or the one that the environment names as DERMSPLIT_SETTINGS. A None in ``given`` counts as
    not given. Raises UsageError that names the setting which is unknown or out of range.
    """
    named = os.environ.get(FILE_VARIABLE)
    file = file or (Path(named) if named else None)
    if file is not None and not file.is_file():
        raise UsageError(f"Expected a file of settings at '{file}', found none. Check --settings or {FILE_VARIABLE}.")
    try:
        return Settings(_env_file=file, **{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]).upper().removeprefix(PREFIX)
        subject = f"The setting {PREFIX}{name} is" if name else "The settings together are"
        raise UsageError(f"{subject} not valid: {first['msg'].removeprefix('Value error, ')}.") from error
