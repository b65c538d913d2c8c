"""What the rivals need, below ~/.cache: packages of npm in a folder each, and the head as ONNX."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from dermsplit_contract.bundle import HEAD_TFLITE, Bundle
from dermsplit_convert.bench_serve.environments import installer_of, note_packages, packages_of, run_installer
from dermsplit_convert.bench_serve.failure import ContenderFailed, last_line

SECONDS = 600.0
"""Given to an installer, and then to the converter."""
CONVERTER = ("tf2onnx==1.17.0", "onnx==1.17.0")
"""The last onnx that bears with the protobuf of tensorflowjs."""
OPSET = "17"


def default_place() -> Path:
    """Where it is kept unless said otherwise."""
    return Path.home() / ".cache" / "dermsplit" / "bench-runtimes"


def install_npm(folder: Path, package: str, seconds: float = SECONDS) -> None:
    """Install a package of an exact version in a folder, unless it is there. Raises ContenderFailed in one line."""
    if packages_of(folder) == [package]:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise ContenderFailed("not installed: npm is not on the path")
    _empty(folder)
    quiet = ["--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    run_installer([npm, "install", "--prefix", str(folder), "--save-exact", *quiet, package], seconds, why_npm)
    note_packages(folder, [package])


def why_npm(printed: str) -> str:
    """The line that says what is wrong: npm ends with where its log lies, and begins with a code."""
    lines = [line.removeprefix("npm error ") for line in printed.splitlines() if line.startswith("npm error ")]
    said = [line for line in lines if not line.startswith(("code ", "A complete log"))]
    return re.sub(r"\s*\S+://\S+", "", said[0])[:200] if said else last_line(printed)


def make_onnx(bundle: Bundle, target: Path, place: Path, seconds: float = SECONDS) -> None:
    """Write the bundle's head.tflite as ONNX, by tf2onnx. Raises ContenderFailed in one line.

    The converter lies in a folder of its own, beside this environment's TensorFlow: its packages would not be borne
    with in it, and another TensorFlow would be a gigabyte.
    """
    folder = place / "tf2onnx"
    if packages_of(folder) != list(CONVERTER):
        _empty(folder)
        install = installer_of(Path(sys.executable))
        run_installer([*install, "--target", str(folder), "--no-deps", *CONVERTER], seconds)
        note_packages(folder, CONVERTER)
    taken = ["--tflite", str(bundle.path(HEAD_TFLITE)), "--output", str(target), "--opset", OPSET]
    paths = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-m", "tf2onnx.convert", *taken]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            env={**os.environ, "PYTHONPATH": paths},
        )
    except subprocess.TimeoutExpired as error:
        raise ContenderFailed(f"tf2onnx did not convert the head within {seconds:g} seconds") from error
    if done.returncode or not target.is_file():
        raise ContenderFailed(f"tf2onnx does not convert the head: {last_line(done.stderr or done.stdout)}")


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
