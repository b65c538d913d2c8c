"""The decoder that shows what features give away: how it starts, what a study leaves of it, what a bundle carries."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dermsplit_contract.bundle import Bundle, open_bundle
from dermsplit_contract.errors import UsageError
from dermsplit_contract.measures import DecoderResult, Interval, RebuiltResult
from dermsplit_convert.golden import draw_lesion
from dermsplit_convert.infer import infer
from dermsplit_convert.keras_file import load_model, save_model
from dermsplit_convert.leakage.carried import FIGURES, MODEL, DecoderRecord, from_wire, read_decoder
from dermsplit_convert.leakage.coding import load_whole, own_coding
from dermsplit_convert.leakage.linear_start import RANK, linear_start
from dermsplit_convert.leakage.network import build_decoder
from dermsplit_convert.leakage.ridge import fit_ridge
from dermsplit_convert.leakage.study import LeakageOrder, measure_leakage
from dermsplit_convert.pipeline import Order, convert
from dermsplit_convert.tfjs import DECODER_FOLDER
from tests.conftest import ROOT

from . import leaking, tiny

OPERATIONS = ROOT / "web" / "build" / "operations.json"


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory) -> LeakageOrder:
    place = tmp_path_factory.mktemp("decoding")
    leaking.draw_data(place / "data")
    split = leaking.write_rows(place / "split.csv", leaking.split_rows())
    bundle = leaking.build_bundle(place / "bundle")
    return LeakageOrder(bundle, split, place / "data", place / "out", 120, 3, decoder_out=place / "decoder")


def test_it_starts_as_the_ridge_made_small() -> None:
    rng = np.random.default_rng(3)
    photos = np.stack([draw_lesion(32, seed) for seed in range(60)]).astype(np.float32) / 255
    features = photos.reshape(60, 8, 4, 8, 4, 3).mean(axis=(2, 4)) @ rng.standard_normal((3, 5)).astype(np.float32)
    flat = photos.reshape(60, -1)
    ridge = fit_ridge(features[:50], flat[:50], features[50:], flat[50:])
    start = linear_start(ridge, 32)
    assert (start.first.shape, start.second.shape) == ((8 * 8 * 5, RANK), (RANK, 8 * 8 * 3))
    small = ridge.scale.apply(features[50:]) @ start.first @ start.second + start.mean
    whole = ridge.predict(features[50:]).reshape(10, 8, 4, 8, 4, 3).mean(axis=(2, 4))
    assert np.abs(small.reshape(whole.shape) - whole).max() < 0.02
    model = build_decoder(ridge.scale, start, 32)
    pictures = infer(model, features[50:])
    assert pictures.shape == (10, 32, 32, 3)
    # Untrained it adds nothing to the start: its pictures are the small ones, enlarged.
    assert np.abs(pictures.reshape(10, 8, 4, 8, 4, 3).mean(axis=(2, 4)) - whole).mean() < 0.01


def test_a_study_keeps_the_decoder_of_the_bundles_own_features(order: LeakageOrder) -> None:
    assert order.decoder_out is not None
    report = measure_leakage(order, lambda _: None)
    own, opened = report.attacked[0], open_bundle(order.bundle)
    assert sorted(path.name for path in order.decoder_out.iterdir()) == [FIGURES, MODEL]
    model, found = read_decoder(order.decoder_out, own.sha256)
    assert found.rebuilt == own.result.rebuilt
    assert [one.name for one in found.rebuilt] == ["ridge", "decoder", "mean_picture", "nearest_picture"]
    assert (found.side, found.training_images, found.images, found.groups) == (32, 120, 24, 12)
    coding = own_coding(opened, load_whole(opened))
    photos = np.stack([draw_lesion(leaking.SIZE, seed) for seed in (1, 2, 3)])
    wire = coding.form.to_wire(coding.halves.features(photos))
    assert own.decoder is not None
    expected = own.decoder.predict(coding.form.from_wire(wire))
    assert np.abs(infer(model, wire.astype(np.float32)) - expected).max() < 1e-5
    with pytest.raises(UsageError, match="Expected a decoder of the features 000000000000"):
        read_decoder(order.decoder_out, "0" * 64)


def test_a_decoder_that_is_not_trained_cannot_be_kept(order: LeakageOrder) -> None:
    with pytest.raises(UsageError, match="with --decoder-out"):
        measure_leakage(replace(order, epochs=0), lambda _: None)


def test_a_folder_without_a_decoder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"found no decoder\.json in it that can be read"):
        read_decoder(tmp_path, "0" * 64)
    (tmp_path / FIGURES).write_text("{}")
    with pytest.raises(UsageError, match="that `dermsplit leakage --decoder-out` writes"):
        read_decoder(tmp_path, "0" * 64)


def _write_by_hand(directory: Path, bundle: Bundle) -> Path:
    """An untrained decoder of a bundle's features."""
    opened = own_coding(bundle, load_whole(bundle))
    rng = np.random.default_rng(4)
    features = rng.standard_normal((20, *bundle.manifest.features.shape)).astype(np.float32)
    flat = rng.random((20, 32 * 32 * 3)).astype(np.float32)
    ridge = fit_ridge(features[:15], flat[:15], features[15:], flat[15:])
    interval = Interval(value=0.7, low=0.6, high=0.8)
    rebuilt = [RebuiltResult(name="decoder", baseline=False, psnr=interval, ssim=interval, ms_ssim=interval)]
    result = DecoderResult(side=32, training_images=20, images=10, groups=10, rebuilt=rebuilt)
    directory.mkdir()
    save_model(from_wire(build_decoder(ridge.scale, linear_start(ridge, 32), 32), opened.form), directory / MODEL)
    record = DecoderRecord(features_sha256=opened.sha256, result=result)
    (directory / FIGURES).write_text(record.model_dump_json())
    return directory


def test_a_bundle_carries_it_for_pages_and_none_of_other_features(
    tiny_place: Path, tiny_converted: Bundle, tmp_path: Path
) -> None:
    directory = _write_by_hand(tmp_path / "decoder", tiny_converted)
    order = Order(tiny_place / "run", tiny.CUT, data=tiny_place / "data", decoder=directory)
    made = convert(order, lambda identity: tmp_path / identity, report=str)
    manifest = open_bundle(made.directory).manifest
    assert manifest.decoder is not None
    assert (manifest.decoder.side, manifest.decoder.rebuilt[0].ssim.value) == (32, 0.7)
    carried = {name: entry for name, entry in manifest.files.items() if name.startswith(f"{DECODER_FOLDER}/")}
    assert set(carried) == {"decoder/model.json", "decoder/group1-shard1of1.bin"}
    assert all(entry.public for entry in carried.values())
    parameters = load_model(directory / MODEL).count_params()
    assert carried["decoder/group1-shard1of1.bin"].bytes < 2.2 * parameters
    nodes = json.loads(made.path("decoder/model.json").read_bytes())["modelTopology"]["node"]
    assert {node["op"] for node in nodes} <= set(json.loads(OPERATIONS.read_text()))
    assert tiny_converted.manifest.decoder is None
    with pytest.raises(UsageError, match="Expected a decoder of the features"):
        convert(replace(order, levels=16), lambda identity: tmp_path / identity, report=str)
