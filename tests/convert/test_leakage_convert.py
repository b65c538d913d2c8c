import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dermsplit_contract.bundle import CARD, Bundle, open_bundle
from dermsplit_contract.errors import UsageError
from dermsplit_contract.measures import Interval, LeakageResult, RebuiltResult
from dermsplit_convert.card.leakage import leakage
from dermsplit_convert.cut_search.measured import Measured, joined, read_leakage
from dermsplit_convert.cut_search.search import Question, check_question, search
from dermsplit_convert.leakage.coding import load_whole, own_coding
from dermsplit_convert.leakage.record import CodingRecord, LeakageRecord, Price
from dermsplit_convert.pipeline import Order, convert

from . import tiny


def _interval(value: float) -> Interval:
    return Interval(value=value, low=value - 0.01, high=value + 0.01)


def _coding(cut: str, levels: int, ssim: float, sha256: str = "0" * 64, noise: float = 0.0) -> CodingRecord:
    rebuilt = [
        RebuiltResult(
            name=name, baseline=name != "ridge", psnr=_interval(20.0), ssim=_interval(value), ms_ssim=_interval(value)
        )
        for name, value in (("ridge", ssim), ("mean_picture", 0.6), ("nearest_picture", 0.5))
    ]
    return CodingRecord(
        coding=f"{levels} levels",
        noise=noise,
        features_sha256=sha256,
        leakage=ssim,
        gap=ssim - 0.5,
        head=None,
        price=Price(images=100, auc=_interval(0.9), auc_change=_interval(0.0), flips=_interval(0.02)),
        optimised=None,
        result=LeakageResult(
            cut=cut,
            datatype="UINT8",
            levels=levels,
            item_bytes=600,
            gzip_bytes=500.5,
            side=80,
            training_images=2000,
            images=400,
            groups=300,
            rebuilt=rebuilt,
            ranks=[],
            attributes=[],
        ),
    )


def _write(path: Path, *codings: CodingRecord) -> Path:
    record = LeakageRecord(bundle="0" * 16, model="mole", codings=list(codings), notes=[])
    path.write_text(record.model_dump_json())
    return path


def test_a_bundle_takes_the_figures_of_its_own_features(
    tiny_place: Path, tiny_converted: Bundle, tmp_path: Path
) -> None:
    own = own_coding(tiny_converted, load_whole(tiny_converted)).sha256
    file = _write(tmp_path / "leakage.json", _coding(tiny.CUT, 16, 0.9), _coding(tiny.CUT, 256, 0.71, own))
    order = Order(tiny_place / "run", tiny.CUT, data=tiny_place / "data", leakage=file)
    made = convert(order, lambda identity: tmp_path / identity, report=str)
    found = open_bundle(made.directory).manifest.leakage
    assert found is not None
    assert (found.levels, found.rebuilt[0].ssim.value) == (256, 0.71)
    card = made.path(CARD).read_text()
    assert "| rebuilt from the features by ridge regression | 20.0 | 0.710 (0.700 to 0.720) |" in card
    assert "Learned from 2,000 photos and judged on 400 photos of 300 other lesions or patients" in card
    assert "How much of a photo" not in card
    assert "How much of a photo" in tiny_converted.path(CARD).read_text()
    other = _write(tmp_path / "other.json", _coding(tiny.CUT, 256, 0.71))
    with pytest.raises(UsageError, match="Expected leakage measured on the features"):
        convert(replace(order, leakage=other), lambda identity: tmp_path / identity, report=str)


def test_the_card_says_nothing_where_nothing_was_measured(tiny_converted: Bundle) -> None:
    assert leakage(tiny_converted.manifest) == ""


def test_cuts_are_bounded_by_what_leaks_at_so_many_bits(tmp_path: Path, tiny_network: Any) -> None:
    early, late = "block_3_project_BN", tiny.CUT
    first = _write(
        tmp_path / "a.json", _coding(early, 256, 0.8), _coding(late, 16, 0.4), _coding(late, 256, 0.1, noise=1.0)
    )
    second = _write(tmp_path / "b.json", _coding(late, 256, 0.66))
    question = Question(recommend=True, limits={"--max-leakage": 0.7}, leakage=(first, second))
    answer = search(tiny_network, question, str)
    assert [(one.candidate.layer, one.candidate.measured) for one in answer.recommended] == [
        (late, Measured(flips=0.02, leakage=0.66))
    ]
    (note,) = answer.notes
    assert note.startswith(f"Leakage measured at 2 of {len(answer.candidates)} cuts: --max-leakage drops the rest")
    assert "block_16_project_BN" in note
    assert late not in note.split(": ", 2)[2].removesuffix(".").split(", ")
    four = read_leakage([first, second], [early, late], 4)
    assert four == {late: Measured(flips=0.02, leakage=0.4)}
    assert joined(four, {late: Measured(flips=0.5)}) == {late: Measured(flips=0.5, leakage=0.4)}


def test_files_that_tell_nothing_of_this_network_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has 'a'"):
        read_leakage([_write(tmp_path / "a.json", _coding("a", 256, 0.8))], ["b"], 8)
    (tmp_path / "none.json").write_text(json.dumps({"codings": []}))
    with pytest.raises(UsageError, match="that `dermsplit leakage` writes"):
        read_leakage([tmp_path / "none.json"], ["b"], 8)
    with pytest.raises(UsageError, match=r"give as --leakage the leakage\.json"):
        check_question(Question(recommend=True, limits={"--max-leakage": 0.7}))
