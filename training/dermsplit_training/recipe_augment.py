"""The recipe's random changes of training images."""

from typing import Literal

from pydantic import Field

from dermsplit_training.recipe_section import Section


class AugmentRecipe(Section):
    """Random changes of training images. A key that is not given is the preset's; zero leaves a change out."""

    preset: str = Field(default="light", description="none, or one of `augmentation/presets.py`")
    flip: Literal["none", "horizontal", "both"] | None = None
    rotation: float | None = Field(default=None, ge=0, le=0.5, description="Share of a full turn, either way")
    zoom: float | None = Field(default=None, ge=0, lt=1)
    crop: float | None = Field(default=None, ge=0, lt=1, description="Largest share of each side that is cut away")
    shift: float | None = Field(default=None, ge=0, lt=1, description="Share of each side, either way")
    shear: float | None = Field(default=None, ge=0, lt=1)
    fill: Literal["reflect", "nearest", "constant"] | None = Field(default=None, description="What comes in at edges")
    brightness: float | None = Field(default=None, ge=0, lt=1)
    contrast: float | None = Field(default=None, ge=0, lt=1)
    saturation: float | None = Field(default=None, ge=0, lt=1)
    hue: float | None = Field(default=None, ge=0, le=0.5, description="Share of the colour circle, either way")
    cast: float | None = Field(default=None, ge=0, lt=1, description="Each channel times 1 plus or minus this")
    blur: float | None = Field(default=None, ge=0, le=5, description="Largest sigma in pixels")
    cutout: float | None = Field(default=None, ge=0, lt=1, description="Chance of a grey rectangle")
    hair: float | None = Field(default=None, ge=0, le=1, description="Chance of drawn hair")
    ink: float | None = Field(default=None, ge=0, le=1, description="Chance of a drawn ring")
    glare: float | None = Field(default=None, ge=0, le=1, description="Chance of highlights")
    vignette: float | None = Field(default=None, ge=0, le=1, description="Chance of dark corners")
    mixup: float | None = Field(default=None, ge=0, le=1, description="Alpha of MixUp (Zhang et al. 2018)")
