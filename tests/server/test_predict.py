"""`dermsplit predict` against a real server process: head here, tail there, the answer that of both together."""

import csv
import json
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import roc_auc_score

from dermsplit_contract.bundle import GOLDEN_INPUT, HEAD_TFLITE, TAIL_KERAS, Bundle, open_bundle
from dermsplit_contract.errors import (
    BundleCorrupt,
    DataInvalid,
    PhotoUnreadable,
    ServerRefused,
    ServerUnreachable,
    UsageError,
)
from dermsplit_server.client import head as head_module
from dermsplit_server.client.command import Wishes, run
from dermsplit_server.registry import Registry
from tests.process import COMMAND, Process, free_port

from .tiny import draw

Predict = Callable[..., tuple[str, str]]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of this test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return head_module.cache_folder()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Twelve drawn photos 00.png to 11.png."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed in range(12):
        Image.fromarray(draw(seed)).save(folder / f"{seed:02}.png")
    return folder


@pytest.fixture
def predict(server: Process, capsys: pytest.CaptureFixture[str]) -> Predict:
    """Run the command in this process; returns what it printed to stdout and stderr."""

    def go(*paths: Path, **wishes: Any) -> tuple[str, str]:
        given = {
            "server": server.url,
            "bundle": None,
            "json": False,
            "save_request": None,
            "labels": None,
            "part": None,
            "csv": None,
        }
        run(list(paths), Wishes(**{**given, **wishes}))
        printed = capsys.readouterr()
        return printed.out, printed.err

    return go


def expected(registry: Registry, picture: np.ndarray) -> np.ndarray:
    """Probabilities by the definition of the tiny head, and the tail: [2]."""
    blocks = picture.reshape(4, 8, 4, 8, 3).astype(np.float32).mean(axis=(1, 3))
    features = np.rint(blocks * (199 / 255)).astype(np.uint8)[None]
    return registry.default.tail(features).probabilities[0]


def test_the_answer_is_that_of_head_and_tail_together(predict: Predict, photos: Path, registry: Registry) -> None:
    answers = json.loads(predict(photos, json=True)[0])
    assert [Path(answer["photo"]).name for answer in answers] == [f"{seed:02}.png" for seed in range(12)]
    for seed, answer in enumerate(answers):
        probabilities = expected(registry, draw(seed))
        np.testing.assert_allclose(list(answer["probabilities"].values()), probabilities, atol=1e-5)
        assert answer["decision"] == ("suspicious" if probabilities[1] >= 0.5 else "not_suspicious")
        assert answer["bundle"] == registry.default.manifest.id
        assert 48 < answer["bytes"] < 200
    assert len({answer["decision"] for answer in answers}) == 2


def test_a_person_reads_words_numbers_and_bytes(predict: Predict, photos: Path, registry: Registry) -> None:
    out, _ = predict(photos / "00.png")
    benign, malignant = expected(registry, draw(0))
    assert f"{benign:.1%}" in out
    assert f"{malignant:.1%}" in out
    assert "not a diagnosis" in out
    words = "Have this looked at" if malignant >= 0.5 else "Nothing suspicious"
    assert words in " ".join(out.split())


def test_the_shipped_bundle_gives_its_golden_case(predict: Predict, default_bundle: Path) -> None:
    bundle = open_bundle(default_bundle)
    [answer] = json.loads(predict(bundle.path(GOLDEN_INPUT), bundle=default_bundle, json=True)[0])
    golden = bundle.golden_probabilities()[0]
    # The head's last bit may differ between processors, which moves a value by one level.
    np.testing.assert_allclose(list(answer["probabilities"].values()), golden, atol=2e-3)
    assert answer["bundle"] == bundle.manifest.id
    assert bundle.manifest.features.item_bytes < answer["bytes"] < bundle.manifest.features.item_bytes + 300


def test_the_saved_request_gives_the_same_answer(
    predict: Predict, photos: Path, tmp_path: Path, server: Process
) -> None:
    target = tmp_path / "request.bin"
    out, err = predict(photos / "03.png", save_request=target, json=True)
    words = shlex.split(next(line for line in err.splitlines() if line.startswith("curl ")))
    assert words[1:3] == ["--data-binary", f"@{target}"]
    headers = dict(words[i + 1].split(": ") for i, word in enumerate(words) if word == "-H")
    assert words[-1].startswith(server.url)
    replayed = httpx.post(words[-1], content=target.read_bytes(), headers=headers).json()
    [answer] = json.loads(out)
    assert replayed["outputs"][0]["data"] == list(answer["probabilities"].values())
    assert len(target.read_bytes()) == answer["bytes"]
    if shutil.which("curl"):
        by_curl = json.loads(subprocess.check_output([*words, "--silent"]))
        assert by_curl["outputs"][0]["data"] == replayed["outputs"][0]["data"]


def test_one_bad_photo_is_reported_and_the_others_go_on(
    predict: Predict, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "05.png").write_bytes(b"not a picture")
    with pytest.raises(PhotoUnreadable, match=r"'05\.png'"):
        predict(photos, json=True)
    answers = json.loads(capsys.readouterr().out)
    assert [answer.get("code") for answer in answers].count("photo_unreadable") == 1
    assert answers[5]["code"] == "photo_unreadable"
    assert sum("probabilities" in answer for answer in answers) == 11
    (photos / "07.png").write_bytes(b"")
    with pytest.raises(PhotoUnreadable, match="2 of 12 photos"):
        predict(photos)


def test_labels_give_auc_sensitivity_and_specificity(
    predict: Predict, photos: Path, tmp_path: Path, registry: Registry
) -> None:
    truth = np.random.default_rng(2).integers(0, 2, 12)
    scores = np.array([expected(registry, draw(seed))[1] for seed in range(12)], dtype=np.float64)
    labels, results = tmp_path / "labels.csv", tmp_path / "out.csv"
    lines = [f"{seed:02},{('benign', 'malignant')[truth[seed]]}" for seed in range(12)]
    labels.write_text("\n".join(["image,label", *lines, "photo-that-is-not-here,benign"]))
    out, _ = predict(photos, labels=labels, csv=results)
    suspicious = scores >= 0.5
    assert f"12 photos with a label: {truth.sum()} malignant, {12 - truth.sum()} benign" in out
    assert f"AUC {roc_auc_score(truth, scores):.4f}" in out
    assert f"sensitivity {suspicious[truth == 1].mean():.4f}" in out
    assert f"specificity {(~suspicious[truth == 0]).mean():.4f}" in out
    with results.open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["image", "label", "p_benign", "p_malignant", "decision", "bytes"]
    np.testing.assert_allclose([float(row["p_malignant"]) for row in rows], scores, atol=1e-5)
    assert [row["label"] for row in rows] == [("benign", "malignant")[value] for value in truth]


def test_a_runs_predictions_serve_as_labels(predict: Predict, photos: Path, tmp_path: Path, registry: Registry) -> None:
    whole = [float(expected(registry, draw(seed))[1]) for seed in range(4)]
    whole[2] = 1 - whole[2]
    labels = tmp_path / "predictions.csv"
    rows = [f"HAM,test,photos/0{seed}.png,mel,{seed % 2},{whole[seed]}" for seed in range(4)]
    header = "data_set,part,image,label,malignant,probability_malignant"
    labels.write_text("\n".join([header, *rows, "HAM,validation,photos/05.png,nv,0,0.5"]))
    out, _ = predict(photos, labels=labels, part="test", csv=tmp_path / "out.csv")
    text = " ".join(out.split())
    assert "4 photos with a label: 2 malignant, 2 benign" in text
    assert f"the whole network on the same photos: AUC {roc_auc_score([0, 1, 0, 1], whole):.4f}" in text
    assert "1 decisions differ" in text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("image,label\n00.png,mole\n", "line 2"),
        ("photo,label\n00.png,benign\n", "columns image and label"),
        ("image,label\n00.png,benign\n00.png,malignant\n", "twice"),
        ("image,label\nother.png,benign\n", "None of the photos"),
        ("image,label\n00,benign\n", None),
    ],
)
def test_labels_that_cannot_be_used(
    predict: Predict, photos: Path, tmp_path: Path, content: str, words: str | None
) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text(content)
    if words is None:
        (photos / "sub").mkdir()
        shutil.copy(photos / "00.png", photos / "sub" / "00.png")
        words = "fits"
    with pytest.raises(DataInvalid, match=words):
        predict(photos, labels=labels)


def test_the_head_is_fetched_once_and_a_damaged_copy_again(
    predict: Predict, photos: Path, cache: Path, bundle: Bundle
) -> None:
    first = predict(photos / "00.png", json=True)[0]
    kept = cache / bundle.manifest.id / HEAD_TFLITE
    assert kept.read_bytes() == bundle.path(HEAD_TFLITE).read_bytes()
    stamp = kept.stat().st_mtime_ns
    predict(photos / "00.png")
    assert kept.stat().st_mtime_ns == stamp
    kept.write_bytes(b"an HTML page of a proxy")
    again = predict(photos / "00.png", json=True)[0]
    assert kept.read_bytes() == bundle.path(HEAD_TFLITE).read_bytes()
    assert json.loads(again)[0]["probabilities"] == json.loads(first)[0]["probabilities"]


def test_a_cache_that_cannot_be_written_costs_nothing(predict: Predict, photos: Path, cache: Path) -> None:
    cache.parent.parent.mkdir(parents=True)
    cache.parent.write_text("a file where the folder should be")
    assert json.loads(predict(photos / "00.png", json=True)[0])[0]["decision"]


def test_a_bundle_that_the_server_does_not_hold(predict: Predict, photos: Path, tmp_path: Path) -> None:
    from .tiny import build_bundle

    build_bundle(tmp_path / "other", seed=9)
    with pytest.raises(ServerRefused, match="does not hold that version"):
        predict(photos / "00.png", bundle=tmp_path / "other")


def test_a_corrupt_bundle_is_not_run(predict: Predict, photos: Path, bundles: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(bundles / "whole", tmp_path / "broken")
    (broken / TAIL_KERAS).write_bytes(b"")
    with pytest.raises(BundleCorrupt, match=TAIL_KERAS):
        predict(photos / "00.png", bundle=broken)


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}", "not a url", "ftp://127.0.0.1", "http://", "http://[::"])
def test_a_server_that_is_not_there(predict: Predict, photos: Path, url: str) -> None:
    with pytest.raises(ServerUnreachable, match="server"):
        predict(photos / "00.png", server=url.format(port=free_port()))


def test_an_empty_folder_and_a_missing_photo(predict: Predict, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(PhotoUnreadable, match="holds no pictures"):
        predict(tmp_path / "empty")
    with pytest.raises(PhotoUnreadable, match="does not exist"):
        predict(tmp_path / "none.jpg")


def test_wishes_that_do_not_fit_together(predict: Predict, photos: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="one photo"):
        predict(photos, save_request=tmp_path / "request.bin")
    with pytest.raises(UsageError, match="does not exist"):
        predict(photos, csv=tmp_path / "none" / "out.csv")


def test_the_command_line_itself(server: Process, photos: Path) -> None:
    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMAND, "predict", *arguments, "--server", server.url],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    good = command(str(photos / "00.png"), "--json")
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout)[0]["decision"] in ("suspicious", "not_suspicious")
    assert good.stderr == ""
    (photos / "00.png").write_text("no")
    bad = command(str(photos / "00.png"))
    assert bad.returncode == 2
    assert "'00.png' is not a picture" in bad.stderr.splitlines()[-1]
    assert "Traceback" not in bad.stderr
    unset = command("")  # a script's variable that is not set must not send the folder that one stands in
    assert unset.returncode == 2
    assert "got an empty one" in " ".join(unset.stderr.split())
