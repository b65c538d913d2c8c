"""An environment of its own for each rival, made once and kept: their requirements contradict each other and ours."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from dermsplit_convert.bench_serve.failure import ContenderFailed, last_line

MADE = "made.json"
"""Written last, so that an environment without it, or with other packages, is made anew."""


def default_place() -> Path:
    """Where environments are kept unless said otherwise."""
    return Path.home() / ".cache" / "dermsplit" / "bench-serve"


def environment(place: Path, name: str, packages: Sequence[str], seconds: float) -> Path:
    """The Python of an environment with these packages and this one's OpenVINO; that of this command without packages.

    Raises ContenderFailed with the installer's last line, or where it took longer than ``seconds``.
    """
    if not packages:
        return Path(sys.executable)
    wanted = [*packages, f"openvino=={version('openvino')}"]
    folder = place / name.lower().replace(" ", "-")
    # Not resolved: a link to the interpreter that it was made from would leave the environment.
    python = folder / "bin" / "python"
    if packages_of(folder) == wanted and python.exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    uv = _uv()
    make = [uv, "venv", "--python", sys.executable] if uv else [sys.executable, "-m", "venv"]
    run_installer([*make, str(folder)], seconds)
    run_installer([*installer_of(python), *wanted], seconds)
    note_packages(folder, wanted)
    return python


def installer_of(python: Path) -> list[str]:
    """The command that installs packages for a Python."""
    uv = _uv()
    return [uv, "pip", "install", "--python", str(python)] if uv else [str(python), "-m", "pip", "install"]


def packages_of(folder: Path) -> list[str] | None:
    """What was installed there; None where nothing was, or not to its end."""
    try:
        found: list[str] = json.loads((folder / MADE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def note_packages(folder: Path, packages: Sequence[str]) -> None:
    """Say that the folder holds these packages, whole."""
    (folder / MADE).write_text(json.dumps(list(packages)), encoding="utf-8")


def run_installer(command: Sequence[str], seconds: float, why: Callable[[str], str] = last_line) -> None:
    """Run it; raises ContenderFailed with what ``why`` makes of its words, or where it took longer than ``seconds``."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise ContenderFailed(f"not installed within {seconds:g} seconds") from error
    if done.returncode:
        raise ContenderFailed(f"not installed: {why(done.stderr or done.stdout)}")


def _uv() -> str | None:
    """Where it is at hand it is taken: seconds where pip takes minutes."""
    return shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
