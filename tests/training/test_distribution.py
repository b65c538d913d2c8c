"""A whole training on two workers of the loopback, as a person starts it, beside the same on one."""

import csv
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = str(Path(sys.executable).with_name("dermsplit"))
RECIPE = """
name = "distributed"
[data]
sets = ["HAM10000"]
[network]
backbone = "small_cnn"
input_size = 32
weights = "none"
[top]
dropout = 0.0
[augment]
preset = "none"
[train]
epochs = 2
batch_size = 16
learning_rate = 1e-3
keep = "loss"
"""


def train(recipe: Path, data: Path, out: Path, cache: Path, *more: str, **environment: str) -> subprocess.Popen[str]:
    arguments = ["train", str(recipe), "--data", str(data), "--out", str(out), "--cache", str(cache), *more]
    quiet = {"CUDA_VISIBLE_DEVICES": "-1", "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.Popen(
        [COMMAND, *arguments], env=os.environ | quiet | environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def history(out: Path) -> list[dict[str, float]]:
    with (out / "history.csv").open(newline="") as file:
        return [{key: float(value) for key, value in row.items() if key != "seconds"} for row in csv.DictReader(file)]


def test_two_workers_give_the_run_of_one(drawn_data: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "distributed.toml"
    recipe.write_text(RECIPE)
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    workers = [f"127.0.0.1:{listener.getsockname()[1]}" for listener in listeners]
    for listener in listeners:
        listener.close()
    started = [train(recipe, drawn_data, tmp_path / "one", tmp_path / "cache")]
    assert started[0].wait(timeout=180) == 0, started[0].communicate()[1][-3000:]
    for index in range(2):
        config = json.dumps({"cluster": {"worker": workers}, "task": {"type": "worker", "index": index}})
        more = ("--strategy", "multi-worker")
        started.append(train(recipe, drawn_data, tmp_path / "two", tmp_path / "cache", *more, TF_CONFIG=config))
    try:
        for process in started:
            stderr = process.communicate(timeout=240)[1]
            assert process.returncode == 0, stderr[-3000:]
    finally:
        for process in started:
            process.kill()
    one, two = history(tmp_path / "one"), history(tmp_path / "two")
    assert len(two) == 2
    for row, expected in zip(two, one, strict=True):
        assert row == pytest.approx(expected, rel=1e-4)
    assert (tmp_path / "two" / "run.json").is_file()
