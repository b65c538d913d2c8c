import numpy as np
import pytest

from dermsplit_contract.errors import UsageError
from dermsplit_convert.bench.forms import FeatureForm
from dermsplit_convert.leakage.coding import Wanted, parse_wanted
from dermsplit_convert.leakage.identity import features_sha256
from dermsplit_convert.leakage.noise import Noise
from dermsplit_convert.quantise import Quantiser, read_quantiser
from dermsplit_convert.split import make_head, make_tail

from . import leaking

rng = np.random.default_rng(7)


def test_noise_has_the_deviation_that_was_asked_for_and_is_drawn_anew_for_each_picture() -> None:
    features = rng.standard_normal((400, 4, 4, 3)).astype(np.float32) * np.float32([1.0, 10.0, 0.1])
    noise = Noise.of(0.5, features)
    added = noise.add(features, 0) - features
    assert added.reshape(-1, 3).std(axis=0) == pytest.approx([0.5, 5.0, 0.05], rel=0.05)
    assert abs(np.corrcoef(added[0].ravel(), added[1].ravel())[0, 1]) < 0.5
    assert np.array_equal(noise.add(features, 0) - features, added)
    assert not np.array_equal(noise.add(features, 32) - features, added)


def test_noise_is_asked_for_behind_the_levels() -> None:
    assert parse_wanted("block_6:256+0.5") == Wanted("block_6", 256, 0.5)
    assert parse_wanted("block_6:FP32+1") == Wanted("block_6", None, 1.0)
    with pytest.raises(UsageError, match="noise as in LAYER"):
        parse_wanted("block_6:256+")


def test_features_are_the_same_where_head_and_quantiser_are() -> None:
    network = leaking.build_network()
    quantiser = Quantiser(np.float32([2.0] * 16), np.float32([0.0] * 16), 256)
    form = FeatureForm("whole numbers", "UINT8", quantiser)
    head = make_head(network, leaking.CUT)
    own = features_sha256(head, leaking.CUT, form)
    assert features_sha256(make_head(network, leaking.CUT, quantiser), leaking.CUT, form) == own
    back = read_quantiser(make_tail(network, leaking.CUT, 1.0, quantiser), 256)
    assert features_sha256(head, leaking.CUT, FeatureForm("read back", "UINT8", back)) == own
    other = FeatureForm("", "UINT8", Quantiser(quantiser.scale * 2, quantiser.offset, 256))
    assert features_sha256(head, leaking.CUT, other) != own
    assert features_sha256(head, leaking.CUT, FeatureForm("", "FP32")) != own
    weights = head.get_weights()
    head.set_weights([weights[0] + 1.0, *weights[1:]])
    assert features_sha256(head, leaking.CUT, form) != own
