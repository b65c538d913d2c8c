"""Photos made worse step by step, in the ways that the page's quality coach speaks of."""

import numpy as np

from dermsplit_training.robustness.changes import Change, Pixels, blur, light


def glare(pictures: Pixels, share: float, seed: int) -> Pixels:
    """A white spot with soft edges over the share of each picture uint8 [N, S, S, 3], anywhere in it."""
    rng = np.random.default_rng(seed)
    size = pictures.shape[1]
    radius = float(np.sqrt(share / np.pi)) * size
    grid = np.arange(size) + 0.5
    changed = []
    for picture in pictures:
        x, y = rng.uniform(radius, max(radius, size - radius), size=2)
        away = np.hypot(grid[None] - x, grid[:, None] - y)
        white = np.clip((radius - away) / (0.1 * radius) + 0.5, 0, 1)[..., None]
        changed.append(np.rint(picture + (255.0 - picture) * white).astype(np.uint8))
    return np.stack(changed)


PAGE_CHANGES = (
    (Change("blur", "pixels of the input", blur, (0.5, 1, 1.5, 2, 3)), "sharpness"),
    (Change("darker", "stops", light, (-0.5, -1, -2, -3, -4)), "light"),
    (Change("brighter", "stops", light, (0.5, 1, 1.5, 2)), "light"),
    (Change("glare", "share of the picture", glare, (0.02, 0.05, 0.1, 0.2, 0.3)), "glare"),
)
"""Each change, mildest first, with what the page measures of it."""
