"""Training is Keras alone: no module names a backend, and another backend trains the same recipe."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import dermsplit_training

PACKAGE = Path(dermsplit_training.__file__).parent
TINY = """
name = "tiny"
[data]
sets = ["HAM10000", "PAD-UFES-20"]
[network]
backbone = "small_cnn"
input_size = 32
weights = "none"
[train]
epochs = 1
batch_size = 32
baseline = true
weight_average = 0.9
"""
TRAIN = "import sys; from dermsplit_training.cli import commands; commands(sys.argv[1:])"


DISTRIBUTES = {"devices.py", "replicas.py"}
"""tf.distribute is asked for by name, and TensorFlow imported inside the functions that do."""


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_no_module_imports_a_backend(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    if path.name in DISTRIBUTES:
        imported -= {"tensorflow"}
    assert not imported & {"tensorflow", "tf_keras", "jax", "torch", "dermsplit_server", "dermsplit_convert"}


def test_jax_trains_the_same_recipe(drawn_data: Path, cache: Path, tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(TINY)
    arguments = ["train", tmp_path / "tiny.toml", "--data", drawn_data, "--cache", cache, "--out", tmp_path / "run"]
    # Compiling is nearly all of the time here, so the compiler is told not to try hard.
    quick = {"XLA_FLAGS": "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"}
    done = subprocess.run(
        [sys.executable, "-c", TRAIN, *map(str, arguments)],
        env={**os.environ, **quick, "KERAS_BACKEND": "jax", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    run = json.loads((tmp_path / "run" / "run.json").read_text())
    assert run["versions"]["backend"] == "jax"
    assert len(run["evaluations"]) == 4
