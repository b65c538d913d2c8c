"""Named sets of random changes: those of the published works, a light one and a strong one."""

import difflib
from dataclasses import dataclass, replace
from typing import Literal

from dermsplit_contract.errors import RecipeInvalid
from dermsplit_training.recipe_augment import AugmentRecipe


@dataclass(frozen=True)
class Augmentation:
    """How far each change goes; units as in ``AugmentRecipe``. The default changes nothing."""

    flip: Literal["none", "horizontal", "both"] = "none"
    rotation: float = 0.0
    zoom: float = 0.0
    crop: float = 0.0
    shift: float = 0.0
    shear: float = 0.0
    fill: Literal["reflect", "nearest", "constant"] = "reflect"
    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    hue: float = 0.0
    cast: float = 0.0
    blur: float = 0.0
    cutout: float = 0.0
    hair: float = 0.0
    ink: float = 0.0
    glare: float = 0.0
    vignette: float = 0.0
    mixup: float = 0.0


PRESETS = {
    "none": Augmentation(),
    "light": Augmentation(flip="both", rotation=0.5, zoom=0.15, brightness=0.1, contrast=0.15),
    # Their amounts are not stated: a full turn and a tenth are ours.
    "rotate_zoom_flip": Augmentation(flip="both", rotation=0.5, zoom=0.1, fill="nearest"),
    "crop_rotate": Augmentation(rotation=0.5, crop=0.2, fill="nearest"),
    # Rotation by 30 degrees, shifts 0.1, shear 0.15, horizontal flip, nearest fill, as stated.
    "shift_shear_flip": Augmentation(flip="horizontal", rotation=30 / 360, shift=0.1, shear=0.15, fill="nearest"),
    "strong": Augmentation(
        flip="both",
        rotation=0.5,
        zoom=0.2,
        shift=0.05,
        brightness=0.15,
        contrast=0.2,
        saturation=0.2,
        hue=0.03,
        blur=1.0,
        cutout=0.3,
        hair=0.2,
        mixup=0.2,
    ),
    # Aimed at the way from a skin lens to a phone's camera.
    "lens_to_phone": Augmentation(
        flip="both",
        rotation=0.5,
        zoom=0.25,
        shift=0.05,
        brightness=0.15,
        contrast=0.2,
        saturation=0.2,
        hue=0.02,
        cast=0.12,
        blur=1.2,
        hair=0.15,
        ink=0.1,
        glare=0.15,
        vignette=0.2,
    ),
}


def augmentation_of(recipe: AugmentRecipe) -> Augmentation:
    """The preset with what the recipe says otherwise laid over it. Raises RecipeInvalid for an unknown preset."""
    given = recipe.model_dump(exclude={"preset"}, exclude_none=True)
    return replace(preset(recipe.preset, "augment.preset"), **given)


def preset(name: str, key: str) -> Augmentation:
    """A preset by its name; ``key`` is where in the recipe it stands. Raises RecipeInvalid for an unknown one."""
    if name not in PRESETS:
        near = difflib.get_close_matches(name, PRESETS, n=1)
        guess = f" Did you mean '{near[0]}'?" if near else ""
        raise RecipeInvalid(f"The recipe's '{key}' must be one of {', '.join(PRESETS)}, got '{name}'.{guess}")
    return PRESETS[name]
