import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dermsplit_contract.bundle import Bundle, open_bundle, seal_bundle
from dermsplit_contract.errors import DataInvalid, VerificationFailed
from dermsplit_convert.golden import write_golden
from dermsplit_convert.infer import infer
from dermsplit_convert.inputs import choose_images
from dermsplit_convert.keras_file import load_model, save_model
from dermsplit_convert.openvino import export_openvino
from dermsplit_convert.pipeline import PUBLIC
from dermsplit_convert.quantise import read_quantiser
from dermsplit_convert.split import make_head
from dermsplit_convert.verify import Check, gather_inputs, require, verify


def checks_of(bundle: Bundle, data: Path | None = None, images: int = 20) -> dict[str, Check]:
    return {check.name: check for check in verify(bundle, gather_inputs(bundle, data, images))}


def with_another_tail(bundle: Bundle, target: Path, new_golden: bool) -> Bundle:
    """A bundle that is sealed rightly, but whose tail is not of its network."""
    shutil.copytree(bundle.directory, target)
    tail = load_model(bundle.path("tail.keras"))
    tail.get_layer("logits").set_weights([weights * 1.1 for weights in tail.get_layer("logits").get_weights()])
    save_model(tail, target / "tail.keras")
    export_openvino(tail, target)
    if new_golden:
        shutil.rmtree(target / "golden")
        whole = load_model(bundle.path("whole.keras"))
        head = make_head(whole, bundle.manifest.cut, read_quantiser(tail, 256))
        write_golden(target, bundle.manifest.input.size, head, tail, "UINT8")
    fields = bundle.manifest.model_dump(mode="json", exclude={"id", "files"})
    (target / "manifest.json").unlink()
    seal_bundle(target, fields, PUBLIC)
    return open_bundle(target)


def test_a_good_bundle_passes_every_check(tiny_converted: Bundle) -> None:
    checks = checks_of(tiny_converted)
    assert list(checks) == [
        "golden case: Keras tail",
        "golden case: OpenVINO tail",
        "golden case: Keras head",
        "golden case: LiteRT head",
        "whole = tail(head): float32",
        "whole = tail(head): UINT8, Keras",
        "whole = tail(head): UINT8, LiteRT",
        "OpenVINO tail = Keras tail",
    ]
    require(list(checks.values()))
    exact = checks["whole = tail(head): float32"]
    assert (exact.bound, exact.flips, exact.images) == (1e-5, 0, 20)
    assert exact.difference <= 1e-5
    quantised = checks["whole = tail(head): UINT8, Keras"]
    assert quantised.bound is None
    assert 1e-5 < quantised.difference < 0.2
    engines = checks["OpenVINO tail = Keras tail"]
    assert (engines.bound, engines.flips, engines.images) == (1e-4, 0, 20)
    assert engines.difference <= 1e-5


def test_another_tail_fails_the_golden_case(tiny_converted: Bundle, tmp_path: Path) -> None:
    checks = checks_of(with_another_tail(tiny_converted, tmp_path / "swapped", new_golden=False))
    assert not checks["golden case: Keras tail"].passed
    with pytest.raises(VerificationFailed, match="golden case: Keras tail: expected a difference of probability of at"):
        require(list(checks.values()))


def test_a_tail_for_openvino_that_is_not_the_keras_tail_fails(tiny_converted: Bundle, tmp_path: Path) -> None:
    other = with_another_tail(tiny_converted, tmp_path / "other", new_golden=False)
    target = shutil.copytree(tiny_converted.directory, tmp_path / "mixed")
    for name in ("tail.xml", "tail.bin"):
        shutil.copy(other.path(name), target / name)
    (target / "manifest.json").unlink()
    seal_bundle(target, tiny_converted.manifest.model_dump(mode="json", exclude={"id", "files"}), PUBLIC)
    failed = [name for name, check in checks_of(open_bundle(target)).items() if not check.passed]
    assert failed == ["golden case: OpenVINO tail", "OpenVINO tail = Keras tail"]


def test_another_tail_with_its_own_golden_case_fails_against_the_whole(tiny_converted: Bundle, tmp_path: Path) -> None:
    checks = checks_of(with_another_tail(tiny_converted, tmp_path / "swapped", new_golden=True))
    assert [name for name, check in checks.items() if not check.passed] == ["whole = tail(head): float32"]
    with pytest.raises(VerificationFailed, match=r"whole = tail\(head\): float32"):
        require(list(checks.values()))


def test_differences_and_flips_are_those_of_the_probabilities(tiny_converted: Bundle) -> None:
    inputs = gather_inputs(tiny_converted, None, 20)
    manifest = tiny_converted.manifest
    logits = infer(load_model(tiny_converted.path("whole.keras")), inputs.pictures) / manifest.temperature
    expected = 1 / (1 + np.exp(logits[:, 0] - logits[:, 1]))
    tail = load_model(tiny_converted.path("tail.keras"))
    quantiser = read_quantiser(tail, 256)
    network = load_model(tiny_converted.path("whole.keras"))
    found = infer(tail, infer(make_head(network, manifest.cut, quantiser), inputs.pictures))[:, 1]
    threshold = manifest.operating_points[0].threshold
    check = checks_of(tiny_converted)["whole = tail(head): UINT8, Keras"]
    assert check.difference == pytest.approx(np.abs(found - expected).max(), abs=1e-6)
    assert check.flips == ((found >= threshold) != (expected >= threshold)).sum()


def test_images_are_drawn_evenly_and_always_the_same(tmp_path: Path) -> None:
    for folder, count in (("ham10000/images_200x150", 30), ("pad_ufes_20/images", 4)):
        (tmp_path / folder).mkdir(parents=True)
        for number in range(count):
            Image.new("RGB", (8, 6)).save(tmp_path / folder / f"{number:02}.jpg")
    chosen = choose_images(tmp_path, 20)
    assert {name: len(images) for name, images in chosen.items()} == {"HAM10000": 16, "PAD-UFES-20": 4}
    assert chosen == choose_images(tmp_path, 20)
    assert len(set(chosen["HAM10000"])) == 16
    with pytest.raises(DataInvalid, match=r"at least 35 images .* found 34"):
        choose_images(tmp_path, 35)


def test_on_real_images(tiny_converted: Bundle, shared_data: Path) -> None:
    inputs = gather_inputs(tiny_converted, shared_data, 20)
    assert sorted(inputs.source.split(", ")) == ["10 images of HAM10000", "10 images of PAD-UFES-20"]
    checks = verify(tiny_converted, inputs)
    require(checks)
    shown = {check["name"]: check for check in json.loads(json.dumps([check.as_json() for check in checks]))}
    assert shown["whole = tail(head): float32"]["flips"] == 0
