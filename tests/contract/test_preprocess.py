"""Photos as people have them become the same input."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from dermsplit_contract.errors import PhotoUnreadable
from dermsplit_contract.preprocess import centre_square, load_photo, to_input


def picture(width: int = 80, height: int = 60) -> Image.Image:
    image = Image.new("RGB", (width, height), (224, 172, 150))
    ImageDraw.Draw(image).ellipse((20, 10, 50, 45), fill=(90, 50, 40))
    return image


def encoded(image: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, **{"format": "PNG", **options})
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("orientation", "undo"),
    [
        (1, None),
        (2, Image.Transpose.FLIP_LEFT_RIGHT),
        (3, Image.Transpose.ROTATE_180),
        (4, Image.Transpose.FLIP_TOP_BOTTOM),
        (5, Image.Transpose.TRANSPOSE),
        (6, Image.Transpose.ROTATE_90),
        (7, Image.Transpose.TRANSVERSE),
        (8, Image.Transpose.ROTATE_270),
    ],
)
def test_all_eight_orientations_give_the_same_input(orientation: int, undo: Image.Transpose | None) -> None:
    upright = picture()
    stored = upright if undo is None else upright.transpose(undo)
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = load_photo(encoded(stored, exif=exif))
    np.testing.assert_array_equal(to_input(photo, 32), to_input(upright, 32))


def test_centre_square_of_landscape_portrait_and_odd_sizes() -> None:
    assert centre_square(200, 150) == (25, 0, 175, 150)
    assert centre_square(60, 81) == (0, 10, 60, 70)
    assert centre_square(7, 7) == (0, 0, 7, 7)


def test_input_is_uint8_rgb_of_the_size_asked() -> None:
    array = to_input(picture(), 48)
    assert array.shape == (48, 48, 3)
    assert array.dtype == np.uint8
    assert tuple(array[0, 0]) == (224, 172, 150)


def test_transparent_parts_lie_on_white() -> None:
    clear = Image.new("RGBA", (10, 10), (0, 0, 0, 0))
    assert to_input(load_photo(encoded(clear)), 10).min() == 255


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "I;16"])
def test_other_colour_modes_become_rgb(mode: str) -> None:
    form = "TIFF" if mode == "CMYK" else "PNG"
    source = Image.new("I;16", (20, 20)) if mode == "I;16" else picture().convert(mode)
    assert load_photo(encoded(source, format=form)).mode == "RGB"


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"\x89PNG\r\n\x1a\n", encoded(picture())[:200], encoded(picture(), format="JPEG")[:400]],
    ids=["empty", "text", "png magic only", "png cut short", "jpeg cut short"],
)
def test_what_is_no_picture_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mole.jpg"
    path.write_bytes(content)
    with pytest.raises(PhotoUnreadable, match=r"'mole\.jpg'.*cut short"):
        load_photo(path)


def test_missing_file_and_too_many_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PhotoUnreadable, match="does not exist"):
        load_photo(tmp_path / "nothing.jpg")
    monkeypatch.setattr("dermsplit_contract.preprocess.LARGEST_PHOTO", 1000)
    with pytest.raises(PhotoUnreadable, match="80x60 pixels"):
        load_photo(encoded(picture()))
