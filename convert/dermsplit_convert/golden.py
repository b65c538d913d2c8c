"""The golden case: one drawn picture, and what head and tail must make of it wherever they run."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dermsplit_contract.bundle import GOLDEN_FEATURES, GOLDEN_INPUT, GOLDEN_PROBABILITIES, NUMPY_DTYPE
from dermsplit_contract.manifest import Datatype
from dermsplit_contract.measures import MetadataSpec
from dermsplit_convert.infer import infer, infer_all

if TYPE_CHECKING:
    import keras

SKIN = np.array([226.0, 178.0, 152.0])
LESION = np.array([104.0, 62.0, 44.0])

COLOURS = 64
"""Of the golden picture: every new visitor fetches it, and all its colours would be more than three times the bytes."""


def draw_lesion(size: int, seed: int) -> NDArray[np.uint8]:
    """Draw a picture that looks a little like a mole on skin: uint8 [size, size, 3], RGB, the same for the same seed.

    No photo is in it, so it may be published.
    """
    random = np.random.default_rng(seed)
    axis = np.linspace(-1.0, 1.0, size)
    x, y = np.meshgrid(axis - random.uniform(-0.1, 0.1), axis - random.uniform(-0.1, 0.1))
    angle, radius = np.arctan2(y, x), np.hypot(x, y)
    edge = random.uniform(0.3, 0.6) + sum(
        random.uniform(0.0, 0.12 / wave) * np.cos(wave * angle + random.uniform(0, 2 * np.pi)) for wave in range(1, 7)
    )
    inside = 1.0 / (1.0 + np.exp((radius - edge) / random.uniform(0.02, 0.08)))
    spots = _blurred(random.normal(size=(size, size)), max(1, size // 24))
    colour = LESION * random.uniform(0.6, 1.4) + 60.0 * spots[..., None]
    skin = SKIN * random.uniform(0.75, 1.05) + 25.0 * (x[..., None] * random.uniform(-1, 1)) + 8.0 * spots[..., None]
    picture = skin + inside[..., None] * (colour - skin) + random.normal(scale=3.0, size=(size, size, 1))
    drawn: NDArray[np.uint8] = np.clip(np.round(picture), 0, 255).astype(np.uint8)
    return drawn


def draw_lesions(size: int, count: int) -> NDArray[np.float32]:
    """Draw ``count`` of them, of the seeds from 1 on: float32 [count, size, size, 3], RGB of 0..255."""
    return np.stack([draw_lesion(size, seed) for seed in range(1, count + 1)]).astype(np.float32)


def draw_golden(size: int) -> Image.Image:
    """The golden picture: a drawn lesion with its edges, its grain and its range of values, in a palette of colours."""
    drawn = Image.fromarray(draw_lesion(size, seed=0))
    return drawn.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


def write_golden(bundle: Path, size: int, head: "keras.Model", tail: "keras.Model", datatype: Datatype) -> None:
    """Write the drawn input, the Keras head's features of it as on the wire, and what the tail says of those.

    Nothing is told beside the picture.
    """
    picture = draw_golden(size)
    (bundle / GOLDEN_INPUT).parent.mkdir()
    picture.save(bundle / GOLDEN_INPUT, optimize=True)
    pixels = np.asarray(picture.convert("RGB"), dtype=np.float32)
    features = infer(head, pixels[None]).astype(NUMPY_DTYPE[datatype])
    (bundle / GOLDEN_FEATURES).write_bytes(features.tobytes())
    answers = zip(("probabilities", "domain_probabilities"), infer_all(tail, features), strict=False)
    rows = {name: [[float(value) for value in row] for row in answer] for name, answer in answers}
    (bundle / GOLDEN_PROBABILITIES).write_text(json.dumps(rows) + "\n", encoding="utf-8")


def draw_metadata(spec: MetadataSpec, count: int, seed: int) -> NDArray[np.float32]:
    """Make up what ``count`` people tell, every field of it: float32 [count, M], the same for the same seed."""
    random = np.random.default_rng(seed)
    columns = []
    for field in spec.fields:
        if field.values:
            columns.append(np.eye(len(field.values))[random.integers(0, len(field.values), count)])
        else:
            columns.append(np.stack([random.uniform(0.05, 0.95, count), np.ones(count)], axis=1))
    told: NDArray[np.float32] = np.concatenate(columns, axis=1).astype(np.float32)
    return told


def _blurred(noise: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Average over a square window by running sums, scaled back to a standard deviation of 1."""
    window = np.ones(width) / width
    for axis in (0, 1):
        noise = np.apply_along_axis(np.convolve, axis, noise, window, mode="same")
    scaled: NDArray[np.float64] = noise / noise.std()
    return scaled
