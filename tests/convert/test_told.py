"""From a network with metadata and domains to a bundle whose tail takes the one and gives the other."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dermsplit_contract.bundle import HEAD_TFLITE, Bundle
from dermsplit_contract.errors import IllegalCut, UnsupportedModel
from dermsplit_contract.run import Run
from dermsplit_convert.cuts import check_cut, find_cuts
from dermsplit_convert.golden import draw_lesion, draw_metadata
from dermsplit_convert.infer import LiteHead, infer, infer_all
from dermsplit_convert.keras_file import load_model
from dermsplit_convert.pipeline import Order, convert, open_network
from dermsplit_convert.split import make_head, make_tail, with_probabilities
from dermsplit_convert.verify import gather_inputs, require, verify

from . import tiny, told

PICTURES = np.stack([draw_lesion(tiny.SIZE, seed) for seed in range(6)]).astype(np.float32)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``run`` and ``data``."""
    folder = tmp_path_factory.mktemp("told")
    told.build_run(folder)
    return folder


@pytest.fixture(scope="module")
def network(place: Path) -> Any:
    return load_model(place / "run" / "model.keras")


@pytest.fixture(scope="module")
def converted(place: Path) -> Bundle:
    order = Order(place / "run", told.CUT, data=place / "data")
    return convert(order, lambda identity: place / "bundles" / identity, report=str)


def metadata_of(bundle: Bundle, count: int, seed: int = 3) -> np.ndarray:
    assert bundle.manifest.metadata is not None
    return draw_metadata(bundle.manifest.metadata, count, seed)


@pytest.mark.parametrize("metadata_first", [False, True])
def test_only_what_comes_before_domains_and_metadata_part_is_legal(metadata_first: bool) -> None:
    network = told.build_network(metadata_first)
    cuts = find_cuts(network)
    assert [cut.layer for cut in cuts] == ["scale", "stem", told.CUT, "body", "pooled"]
    known, total = 7 * 4 + 4, sum(int(np.prod(weight.shape)) for weight in network.weights)
    pooled = cuts[-1]
    assert pooled.head.parameters + pooled.tail.parameters == total
    assert pooled.tail.parameters == known + (20 * 8 + 8) + (8 * 2 + 2) + (16 * 3 + 3)


@pytest.mark.parametrize("layer", ["known", "joined", "hidden", "metadata", "domain_probabilities"])
def test_after_the_join_no_cut_is_legal(layer: str) -> None:
    with pytest.raises(IllegalCut, match="pooled"):
        check_cut(told.build_network(), layer)


@pytest.mark.parametrize("metadata_first", [False, True])
@pytest.mark.parametrize("cut", ["scale", told.CUT, "pooled"])
def test_tail_of_head_gives_both_outputs_of_the_whole(cut: str, metadata_first: bool) -> None:
    network = told.build_network(metadata_first)
    metadata = np.random.default_rng(1).uniform(0, 1, (6, told.WIDTH)).astype(np.float32)
    head, tail, whole = make_head(network, cut), make_tail(network, cut, 1.5), with_probabilities(network, 1.5)
    assert [tensor.name for tensor in tail.inputs] == ["features", "metadata"]
    for given in (metadata, None):
        found, expected = infer_all(tail, infer(head, PICTURES), given), infer_all(whole, PICTURES, given)
        assert [answer.shape for answer in found] == [(6, 2), (6, 3)]
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-6)
            np.testing.assert_allclose(one.sum(axis=1), 1, atol=1e-6)
    with_it, without = (infer(whole, PICTURES), infer_all(whole, PICTURES, metadata)[0])
    assert np.abs(with_it - without).max() > 0.01, "metadata must count, or the comparison means nothing"


def test_logits_are_divided_and_domains_are_left_alone() -> None:
    network = told.build_network()
    logits, domains = infer_all(network, PICTURES)
    probabilities, same = infer_all(with_probabilities(network, 2.0), PICTURES)
    np.testing.assert_allclose(np.log(probabilities[:, 1] / probabilities[:, 0]), np.diff(logits)[:, 0] / 2, atol=1e-5)
    np.testing.assert_array_equal(same, domains)


def test_the_bundle_holds_what_the_run_said(converted: Bundle, place: Path) -> None:
    run = Run.model_validate_json((place / "run" / "run.json").read_bytes())
    manifest = converted.manifest
    for name in ("metadata", "domains", "novelty", "shortcuts", "groups"):
        assert getattr(manifest, name) == getattr(run, name), name
    tail = load_model(converted.path("tail.keras"))
    assert [tuple(tensor.shape) for tensor in tail.inputs] == [(None, 16, 16, 8), (None, told.WIDTH)]
    assert [tuple(tensor.shape) for tensor in tail.outputs] == [(None, 2), (None, 3)]


def test_the_golden_case_has_both_outputs_and_tells_nothing(converted: Bundle) -> None:
    tail = load_model(converted.path("tail.keras"))
    zeros = np.zeros((1, told.WIDTH), np.float32)
    probabilities, domains = infer_all(tail, converted.golden_features(), zeros)
    np.testing.assert_allclose(converted.golden_probabilities(), probabilities, atol=1e-7)
    found = converted.golden_domains()
    assert found is not None
    np.testing.assert_allclose(found, domains, atol=1e-7)
    keys = json.loads(converted.path("golden/probabilities.json").read_bytes())
    assert list(keys) == ["probabilities", "domain_probabilities"]


def test_the_head_takes_the_picture_alone(converted: Bundle, network: Any) -> None:
    features = LiteHead(converted.path(HEAD_TFLITE))(PICTURES)
    tail = load_model(converted.path("tail.keras"))
    metadata = metadata_of(converted, len(PICTURES))
    found = infer_all(tail, features, metadata)
    expected = infer_all(with_probabilities(network, 1.0), PICTURES, metadata)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=0.02)


def test_every_output_is_verified_with_metadata_and_without(converted: Bundle) -> None:
    checks = verify(converted, gather_inputs(converted, None, 10))
    names = [check.name for check in checks]
    tails = [f"{engine} tail{end}" for engine in ("Keras", "OpenVINO") for end in ("", ", domains")]
    assert names[:4] == [f"golden case: {tail}" for tail in tails]
    ways = [f"whole = tail(head): {way}" for way in ("float32", "UINT8, Keras", "UINT8, LiteRT")]
    expected = [f"{way}{told}{end}" for told in ("", ", metadata given") for way in ways for end in ("", ", domains")]
    expected += [
        f"OpenVINO tail = Keras tail{told}{end}" for told in ("", ", metadata given") for end in ("", ", domains")
    ]
    assert names[6:] == expected
    require(checks)
    bounded = [check for check in checks if check.name.startswith("whole") and check.bound is not None]
    assert len(bounded) == 4
    assert max(check.difference for check in bounded) <= 1e-5


def test_made_up_metadata_tells_every_field(converted: Bundle) -> None:
    metadata = metadata_of(converted, 50)
    assert metadata.shape == (50, told.WIDTH)
    assert metadata.dtype == np.float32
    assert metadata[:, 1].tolist() == [1] * 50
    assert ((metadata[:, 0] >= 0.05) & (metadata[:, 0] <= 0.95)).all()
    for columns in (slice(2, 4), slice(4, 7)):
        assert metadata[:, columns].sum(axis=1).tolist() == [1] * 50
    assert len(np.unique(metadata[:, 2:], axis=0)) == 6


def test_the_card_says_what_was_measured(converted: Bundle) -> None:
    card = " ".join(converted.path("CARD.md").read_text().split())
    for words in (
        "From a probability of 0.400 of neither there is no decision",
        "| noise | yes | yes | 100 | 0.500 (0.400 to 0.600) |",
        "| plain_skin | yes | no | 90 |",
        "| Drawn | no | no | 40 |",
        "| ink | 0.5 of the width | 40 | 3.25 | 0.500 (0.400 to 0.600) | 0.010 (0.000 to 0.020) |",
        "By age: | age | data set |",
        "| 60-79 | Drawn | 20 (3) | 0.500 (0.400 to 0.600) | too few |",
        "By skin type:",
        "age (years), sex (female, male), site (arm, back, face)",
        "| nothing told | 0.900 (0.880 to 0.920) | | all told that is known | 0.910 (0.890 to 0.930) |",
        "20% (dermoscopic) and 40% (phone) are malignant",
        "Differences between groups by sex, place on the body.",
    ):
        assert words in card, words
    assert "shows no lesion gets an answer all the same" not in card
    assert "too few" in card


def test_a_run_whose_words_are_not_its_networks_is_refused(place: Path) -> None:
    fields = json.loads((place / "run" / "run.json").read_text())
    cases = [
        ({"metadata": None}, r"from \[N, 64, 64, 3\] to \[N, 2\] and \[N, 3\] as the run says, got one from \[N, 64"),
        ({"domains": None}, r"to \[N, 2\] as the run says, got one from .* to \[N, 2\] and \[N, 3\]"),
    ]
    for changes, words in cases:
        run = Run.model_validate({**fields, **changes})
        with pytest.raises(UnsupportedModel, match=words):
            open_network(place / "run", run)
    assert open_network(place / "run", Run.model_validate(fields)).name == "network"
