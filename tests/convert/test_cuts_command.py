"""`dermsplit cuts` with everything that it can be asked, on the tiny run."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from . import tiny
from .test_cli import run

Capture = pytest.CaptureFixture[str]


def ask(monkeypatch: pytest.MonkeyPatch, capfd: Capture, *arguments: str) -> Any:
    assert run(monkeypatch, "cuts", *arguments, "--json") == 0
    return json.loads(capfd.readouterr().out)


@pytest.fixture
def network(tiny_place: Path) -> str:
    return str(tiny_place / "run")


def test_recommended_cuts_fit_and_say_why(network: str, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    arguments = [network, "--recommend", "--max-head-download", "700KB", "--max-bytes", "2KB"]
    answer = ask(monkeypatch, capfd, *arguments)
    cuts = {cut["layer"]: cut for cut in answer["cuts"]}
    found = [one["layer"] for one in answer["recommended"]]
    # The batch norm behind it costs a number a channel more, and nothing is less there.
    assert found[-1] == "block_13_project"
    for layer in found:
        assert cuts[layer]["head_download_bytes"] <= 700_000
        assert cuts[layer]["bytes"]["UINT8"] <= 2000
    assert "the smallest features (224 B)" in answer["recommended"][-1]["why"]
    sizes = [cuts[layer]["values"] for layer in found]
    assert sizes == sorted(sizes, reverse=True)

    assert run(monkeypatch, "cuts", *arguments) == 0
    printed = capfd.readouterr().out
    assert f"76 legal cuts, {len(found)} recommended" in printed
    assert "block_13_project: Of all that fit" in printed


def test_head_and_tail_are_timed_where_it_may_matter(
    network: str, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    limits = ["--max-bytes", "300", "--max-head-download", "700KB", "--max-head-ms", "100000"]
    answer = ask(monkeypatch, capfd, network, "--recommend", *limits)
    timed = {cut["layer"]: cut for cut in answer["cuts"] if "head_ms" in cut}
    assert set(timed) == {"block_13_project", "block_13_project_BN", "block_14_add"}
    assert all(0 < cut["head_ms"] < 100_000 and 0 < cut["tail_ms"] < 100_000 for cut in timed.values())


def test_pictures_are_drawn(network: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    plot, pareto = tmp_path / "network.png", tmp_path / "pareto.png"
    ask(monkeypatch, capfd, network, "--plot", str(plot), "--at", tiny.CUT, "--pareto", str(pareto))
    with Image.open(plot) as drawn, Image.open(pareto) as points:
        assert drawn.width > drawn.height > 600
        assert points.width > points.height > 400
        pixels = np.asarray(drawn.convert("RGB"))
    for colour in ((0, 114, 178), (213, 94, 0)):
        assert (pixels == colour).all(axis=-1).sum() > 1000, "head and tail have colours of their own"


def test_measured_figures_limit_and_what_is_missing_is_said(
    network: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    file = tmp_path / "measured.json"
    file.write_text(json.dumps({tiny.CUT: {"flips": 0.004}, "block_5_add": {"flips": 0.2}}))
    arguments = ["cuts", network, "--recommend", "--max-flips", "0.01", "--measured", str(file)]
    assert run(monkeypatch, *arguments, "--json") == 0
    printed = capfd.readouterr()
    assert "Flips measured at 2 of 76 cuts" in printed.err
    assert [one["layer"] for one in json.loads(printed.out)["recommended"]] == [tiny.CUT]


def test_bad_input_is_one_sentence_and_exit_2(
    network: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    cases = {
        ("--recommend", "--max-bytes", "10", "--max-head-download", "700KB"): "The nearest is block_13_project",
        ("--recommend", "--max-bytes", "many"): "--max-bytes to be a number of bytes",
        ("--recommend", "--max-flips", "0.1"): "give it as --measured FILE.json",
        ("--max-bytes", "10"): "give --recommend too",
        ("--bits", "5"): "got 5",
        ("--at", tiny.CUT): "give --plot FILE.png too",
        ("--plot", str(tmp_path / "plot.pdf")): "to be a .png",
        ("--plot", str(tmp_path / "none" / "plot.png")): "in a folder that is there",
        ("--plot", str(tmp_path / "p.png"), "--at", "block_14_expand"): "before it block_13_project_BN and after it",
        ("--plot", str(tmp_path / "p.png"), "--at", "nowhere"): "The network has no layer 'nowhere'",
    }
    for arguments, words in cases.items():
        assert run(monkeypatch, "cuts", network, *arguments) == 2, arguments
        printed = capfd.readouterr()
        assert words in printed.err, printed.err
        assert printed.err.startswith("error: "), printed.err
        assert printed.err.count("\n") == 1


def test_backbones_of_recipes_are_known_by_their_own_names(monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    answer = ask(monkeypatch, capfd, "mobilenet_v2", "--alpha", "0.35", "--size", "96")
    assert {cut["layer"]: cut["values"] for cut in answer["cuts"]}[tiny.CUT] == 3 * 3 * 56
    for name in ("alexnet", "small_cnn"):
        assert run(monkeypatch, "cuts", name) == 2
        assert f"error: {name} is built by the training alone" in capfd.readouterr().err


def test_networks_that_no_browser_can_run_are_refused(
    tiny_place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    import keras

    shutil.copytree(tiny_place / "run", tmp_path / "run")
    taken = keras.Input((tiny.SIZE, tiny.SIZE, 3), name="input")
    odd = keras.layers.Conv2D(4, 3, name="odd")(keras.ops.erfinv(taken))
    pooled = keras.layers.GlobalAveragePooling2D(name="pool")(odd)
    keras.Model(taken, keras.layers.Dense(2, name="logits")(pooled)).save(tmp_path / "run" / "model.keras")
    arguments = ["convert", str(tmp_path / "run"), "--cut", "odd", "--datatype", "FP32", "--out", str(tmp_path / "b")]
    assert run(monkeypatch, *arguments) == 2
    error = capfd.readouterr().err.splitlines()[-1]
    assert error == (
        "error: The head holds operations that TF.js cannot run: Erfinv. Cut earlier, or choose another backbone."
    )
    assert not (tmp_path / "b").exists()


def test_two_pictures_are_one_too_many(
    tiny_place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    import keras

    shutil.copytree(tiny_place / "run", tmp_path / "run")
    pictures = [keras.Input((8, 8, 3), name=name) for name in ("left", "right")]
    flat = keras.layers.Flatten()(keras.layers.Concatenate()(pictures))
    keras.Model(pictures, keras.layers.Dense(2)(flat)).save(tmp_path / "run" / "model.keras")
    assert run(monkeypatch, "cuts", str(tmp_path / "run")) == 2
    assert "got 2 inputs" in capfd.readouterr().err
