import json
import sys
from pathlib import Path

import pytest

from dermsplit_contract.bundle import Bundle, open_bundle
from dermsplit_contract.cli import main

from . import tiny


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the command line in this process, TensorFlow being slow to start; returns its exit code."""
    monkeypatch.setattr(sys, "argv", ["dermsplit", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    code = stopped.value.code
    assert isinstance(code, int)
    return code


def test_cuts_of_a_run_as_a_table_and_as_json(
    tiny_place: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "cuts", str(tiny_place / "run")) == 0
    table = capfd.readouterr().out
    assert "76 legal cuts" in table
    assert "block_13_project_BN" in table
    assert run(monkeypatch, "cuts", str(tiny_place / "run"), "--json") == 0
    cuts = {cut["layer"]: cut for cut in json.loads(capfd.readouterr().out)["cuts"]}
    assert cuts[tiny.CUT]["bytes"] == {"FP32": 896, "FP16": 448, "UINT8": 224}


def test_cuts_of_a_backbone(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "cuts", "MobileNetV2", "--alpha", "0.35", "--size", "96", "--json") == 0
    cuts = {cut["layer"]: cut for cut in json.loads(capfd.readouterr().out)["cuts"]}
    assert cuts[tiny.CUT]["shape"] == [3, 3, 56]


def test_convert_prints_where_the_bundle_lies(
    tiny_place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ["convert", str(tiny_place / "run"), "--cut", "Conv1", "--datatype", "FP32", "--name", "other"]
    assert run(monkeypatch, *arguments) == 0
    printed = capfd.readouterr()
    bundle = open_bundle(tmp_path / printed.out.strip())
    assert bundle.directory == tmp_path / "bundles" / bundle.manifest.id
    assert bundle.manifest.name == "other"
    assert "16,384 values cross at Conv1: 65,536 bytes as FP32." in printed.err


def test_verify_prints_its_checks(
    tiny_converted: Bundle, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "verify", str(tiny_converted.directory), "--images", "5") == 0
    table = capfd.readouterr().out
    assert "5 drawn pictures" in table
    assert table.count("passed") == 6
    assert run(monkeypatch, "verify", str(tiny_converted.directory), "--images", "5", "--json") == 0
    report = json.loads(capfd.readouterr().out)
    assert report["bundle"] == tiny_converted.manifest.id
    assert [check["passed"] for check in report["checks"]] == [True] * 8


def test_bad_input_is_one_sentence_and_exit_2(
    tiny_place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    network = str(tiny_place / "run")
    cases = {
        ("cuts", "MobilNetV2"): "Did you mean MobileNetV2",
        ("cuts", "VGG16", "--alpha", "0.5"): "VGG16 has no --alpha",
        ("cuts", "InceptionResNetV2", "--size", "64"): "InceptionResNetV2 cannot be built at 64 pixels",
        ("cuts", str(tmp_path)): "Expected a run directory",
        ("convert", network, "--cut", "block_14_expand", "--datatype", "FP32"): "More than one tensor crosses",
        ("convert", network, "--cut", "blok_13_project", "--datatype", "FP16"): "Did you mean block_13_project",
        ("convert", network, "--cut", tiny.CUT): "give --data DIR",
        ("convert", network, "--cut", tiny.CUT, "--levels", "3"): "256, 16, 4, 2, got 3",
        ("verify", str(tmp_path)): "Expected a bundle with manifest.json",
    }
    for arguments, words in cases.items():
        assert run(monkeypatch, *arguments) == 2, arguments
        printed = capfd.readouterr()
        assert printed.err.startswith("error: "), printed.err
        assert words in printed.err
        assert printed.err.count("\n") == 1
        assert "Traceback" not in printed.err
