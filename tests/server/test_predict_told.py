"""`dermsplit predict` with what a person tells, against a real server of a bundle that takes it."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from dermsplit_contract.bundle import Bundle
from dermsplit_contract.errors import UsageError
from dermsplit_server.client.command import Wishes, run
from dermsplit_server.client.told import Told
from dermsplit_server.engines.keras import KerasTail
from tests.process import COMMAND, Process, free_port

from .conftest import Serving
from .tiny import LEVELS, SIZE
from .told import PREVALENCE, build_told_bundle

COLOURS = {"dermoscopic": (250, 20, 20), "phone": (20, 250, 20), "neither": (20, 20, 250)}
"""Of pictures whose channels make the tiny tail see each domain."""


@pytest.fixture(scope="module")
def told_bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return build_told_bundle(tmp_path_factory.mktemp("asked") / "bundles" / "told")


@pytest.fixture(scope="module")
def told_server(serving: Serving, told_bundle: Bundle) -> Iterator[Process]:
    port = free_port()
    folder = str(told_bundle.directory.parent)
    with serving(COMMAND, "serve", "--bundles", folder, "--port", str(port), port=port) as started:
        yield started


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """One photo of each domain, named after it."""
    for name, colour in COLOURS.items():
        Image.new("RGB", (SIZE, SIZE), colour).save(tmp_path / f"{name}.png")
    return [tmp_path / f"{name}.png" for name in COLOURS]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache folder of this test's own, and room for every column of the table."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "200")


def ask(server: Process, photos: list[Path], told: Told | None = None, **wishes: Any) -> None:
    given = {"bundle": None, "json": False, "save_request": None, "labels": None, "part": None, "csv": None}
    run(photos, Wishes(server.url, **{**given, **wishes}, told=told or Told()))


def test_json_has_domains_and_what_was_told_counts(
    told_server: Process, told_bundle: Bundle, photos: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    ask(told_server, photos, Told(60, "male", "face", 0.02), json=True)
    answers = json.loads(capsys.readouterr().out)
    assert [answer["domain"] for answer in answers] == list(COLOURS)
    tail = KerasTail(told_bundle, 1)
    metadata = np.array([[0.6, 1, 0, 1, 0, 0, 1]], dtype=np.float32)
    for answer, colour in zip(answers, COLOURS.values(), strict=True):
        features = np.rint(np.full((1, 4, 4, 3), colour) * ((LEVELS - 1) / 255)).astype(np.uint8)
        expected = tail(features, metadata)
        assert expected.domains is not None
        np.testing.assert_allclose(list(answer["probabilities"].values()), expected.probabilities[0], atol=1e-5)
        np.testing.assert_allclose(list(answer["domain_probabilities"].values()), expected.domains[0], atol=1e-5)
        calibrated = PREVALENCE.get(answer["domain"], 0.3)
        assert (answer["prevalence"], answer["calibrated_prevalence"]) == (0.02, calibrated)
        odds = [
            values["malignant"] / values["benign"]
            for values in (answer["shifted_probabilities"], answer["probabilities"])
        ]
        assert odds[0] / odds[1] == pytest.approx(0.02 / 0.98 / (calibrated / (1 - calibrated)), rel=1e-3)
    assert [answer["decision"] == "cannot_tell" for answer in answers] == [False, False, True]


def test_a_person_reads_domains_and_that_nothing_can_be_told(
    told_server: Process, photos: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    ask(told_server, photos, Told(prevalence=0.02))
    lines = capsys.readouterr().out.splitlines()
    header = next(line for line in lines if "in words" in line)
    assert "domain" in header
    assert "malignant where 0.02 are" in header
    row = next(line for line in lines if "neither.png" in line)
    assert "Cannot tell" in row
    assert "%" not in row
    assert next(line for line in lines if "phone.png" in line).count("%") == 3


def test_csv_and_labels_say_what_could_not_be_told(
    told_server: Process, photos: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("image,label\ndermoscopic.png,benign\nphone.png,malignant\nneither.png,malignant\n")
    ask(told_server, photos, labels=labels, csv=tmp_path / "out.csv")
    assert "1 photos could not be told and count as not suspicious" in capsys.readouterr().out
    with (tmp_path / "out.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["domain"] for row in rows] == list(COLOURS)
    assert rows[2]["decision"] == "cannot_tell"
    for row in rows:
        assert sum(float(row[f"d_{name}"]) for name in COLOURS) == pytest.approx(1, abs=1e-5)


def test_the_saved_request_tells_the_same(
    told_server: Process, photos: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(told_server, photos[:1], Told(age=60, prevalence=0.02), json=True, save_request=tmp_path / "request.bin")
    [answer] = json.loads(capsys.readouterr().out)
    body = (tmp_path / "request.bin").read_bytes()
    assert len(body) == answer["bytes"]
    assert b'"name":"metadata"' in body
    assert b'"parameters":{"prevalence":0.02}' in body


def test_what_the_bundle_does_not_know_is_refused_before_any_photo(told_server: Process, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--site to be one of arm, back, face, got 'nose'"):
        ask(told_server, [tmp_path / "none.png"], Told(site="nose"))
    with pytest.raises(UsageError, match="--prevalence above 0 and below 1"):
        ask(told_server, [tmp_path / "none.png"], Told(prevalence=2))
