"""A short run of the guided fuzzer; `make fuzz` is the long one."""

import subprocess
import sys
from pathlib import Path

import pytest

from . import seeds
from .targets import TARGETS

pytest.importorskip("atheris")

SECONDS = 3


@pytest.mark.parametrize("name", TARGETS)
def test_guided_bytes_raise_nothing_but_refusals(name: str, tmp_path: Path) -> None:
    seeds.write(tmp_path)
    command = [sys.executable, "-m", "tests.fuzz.run", name, str(tmp_path / name), f"-max_total_time={SECONDS}"]
    kept = f"-artifact_prefix={tmp_path}/"
    # It counts the memory that the process which started it once had as its own, so it is given no limit.
    result = subprocess.run(
        [*command, kept, "-rss_limit_mb=0"], capture_output=True, text=True, timeout=240, check=False
    )
    assert result.returncode == 0, result.stderr[-3000:]
    assert "Done " in result.stderr
