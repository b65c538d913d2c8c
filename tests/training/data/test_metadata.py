"""Metadata as numbers."""

from pathlib import Path

import numpy as np

from dermsplit_training.data.known import SOURCES
from dermsplit_training.data.metadata import SITES, encode, left_out, width
from dermsplit_training.data.picture import Picture

FIELDS = ("age", "sex", "site")


def picture(**metadata: str) -> Picture:
    return Picture("a.jpg", "own", "phone", "nv", False, "a", metadata)


def test_layout_is_as_documented() -> None:
    pictures = [picture(age="61", sex="male", site="lower extremity"), picture(age="", sex="", site="toe"), picture()]
    found = encode(pictures, FIELDS)
    assert (found.shape, found.dtype, width(FIELDS)) == ((3, 12), np.float32, 12)
    np.testing.assert_allclose(found[0], [0.61, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0], rtol=1e-6)
    assert not found[1:].any()
    np.testing.assert_allclose(encode(pictures, ("sex", "age"))[0], [0, 1, 0.61, 1], rtol=1e-6)
    assert encode(pictures, ()).shape == (3, 0)


def test_every_site_of_the_known_sets_has_a_place(shared_data: Path) -> None:
    for source in SOURCES.values():
        pictures = source.read(shared_data)
        known = np.array([bool(picture.metadata["site"]) for picture in pictures])
        np.testing.assert_array_equal(encode(pictures, ("site",)).sum(axis=1), known)


def test_words_of_all_sets_meet_in_one_place() -> None:
    places = list(SITES)
    for words, place in ((("scalp", "nose", "head/neck"), "head_neck"), (("forearm", "upper extremity"), "arm")):
        for word in words:
            assert encode([picture(site=word)], ("site",))[0].argmax() == places.index(place)


def test_whole_fields_are_left_out_at_random() -> None:
    encoded = encode([picture(age="50", sex="female", site="back")] * 4000, FIELDS)
    found = left_out(encoded, FIELDS, 0.3, np.random.default_rng(1))
    assert (encoded[:, 1] == 1).all()
    known = np.stack([found[:, 1], found[:, 2:4].sum(axis=1), found[:, 4:].sum(axis=1)], axis=1)
    np.testing.assert_allclose(known.mean(axis=0), 0.7, atol=0.03)
    np.testing.assert_array_equal(found[:, 0] > 0, found[:, 1] > 0)
    assert found.dtype == np.float32
    assert abs(np.corrcoef(known.T)[0, 1]) < 0.06
    np.testing.assert_array_equal(left_out(encoded, FIELDS, 0.0, np.random.default_rng(1)), encoded)
