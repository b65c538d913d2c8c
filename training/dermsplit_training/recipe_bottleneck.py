"""The recipe's bottleneck, and what defends its features while a network learns."""

from typing import Literal, Self

from pydantic import Field, model_validator

from dermsplit_training.recipe_section import Section


class BottleneckRecipe(Section):
    """A narrow place to cut at, behind a layer of the backbone: few numbers cross, and the network goes on from them.

    After BottleFit (Matsubara et al. 2022) and BottleNet++ (Shao, Zhang 2020).
    """

    behind: str = Field(default="", description="The backbone's layer; none named: no bottleneck")
    channels: int = Field(default=16, ge=1, description="Of the layer `bottleneck`, which is the one to cut at")
    stride: Literal[1, 2, 4] = Field(default=2, description="How much smaller its picture is, each way")
    levels: Literal[0, 2, 4, 16, 256] = Field(
        default=0, description="Learn with features rounded to so many levels, straight through; 0: not rounded"
    )
    noise: float = Field(
        default=0.0,
        ge=0,
        le=4,
        description="Learn with Gaussian noise on the features, in deviations of a channel; what is sent has none",
    )
    channel_dropout: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="Share of channels that learning leaves out whole (Tompson et al. 2015)",
    )
    adversary: float = Field(
        default=0.0,
        ge=0,
        le=1000,
        description="Weight of what a decoder that rebuilds the picture from the features teaches what comes before, "
        "reversed; 0: no decoder",
    )

    @property
    def defended(self) -> bool:
        """Whether anything is done to the features while learning that is not done when they are sent."""
        return bool(self.levels or self.noise or self.channel_dropout or self.adversary)

    @model_validator(mode="after")
    def _has_a_place(self) -> Self:
        if self.defended and not self.behind:
            raise ValueError(
                "levels, noise, channel_dropout and adversary need a bottleneck: name a layer of the backbone with "
                "bottleneck.behind"
            )
        return self
