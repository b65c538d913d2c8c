"""A recipe: everything that decides what a training gives, apart from the images themselves."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dermsplit_training.recipe_augment import AugmentRecipe
from dermsplit_training.recipe_bottleneck import BottleneckRecipe
from dermsplit_training.recipe_section import Section

BACKBONES = Literal[
    "alexnet",
    "densenet121",
    "densenet201",
    "efficientnet_b0",
    "efficientnet_b1",
    "efficientnet_b2",
    "efficientnet_b3",
    "efficientnet_b4",
    "efficientnet_b5",
    "efficientnet_b6",
    "efficientnet_b7",
    "efficientnet_v2_b0",
    "efficientnet_v2_b1",
    "efficientnet_v2_b2",
    "efficientnet_v2_b3",
    "efficientnet_v2_s",
    "efficientnet_v2_m",
    "efficientnet_v2_l",
    "inception_resnet_v2",
    "mobilenet",
    "mobilenet_v2",
    "resnet152",
    "resnet152_v2",
    "resnet50_v2",
    "small_cnn",
    "vgg16",
    "xception",
]
"""Every network there is a builder for, in ``networks/backbones.py``."""

Share = Annotated[float, Field(ge=0, lt=1)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]


class SourceRecipe(Section):
    """Images of one's own: a table of paths, or a folder a class."""

    name: str = Field(min_length=1, pattern=r"^[^/\t\n]+$", description="What tables and reports call it")
    kind: Literal["csv", "folders", "isic"] = Field(
        description="csv: a table of paths; folders: a folder a class; isic: a table and a folder of images by its id"
    )
    path: str = Field(description="The table or the folder, below the data folder or absolute")
    images: str = Field(default="", description="isic: the folder of images; by default the table's own")
    domain: Literal["dermoscopic", "phone"] = Field(default="phone", description="What kind of picture these are")
    malignant: list[str] = Field(default=[], description="The labels counted malignant; none: malignancy is not known")
    label_column: str = "label"
    image_column: str = "path"
    group_column: str = Field(default="group", description="Lesion or patient; without it each image is one of its own")
    licence: str = Field(default="not stated", description="Of the images; it goes into the model card")
    citation: str = ""


class DataRecipe(Section):
    """Which images, and what is to be told of them."""

    sets: list[Literal["HAM10000", "PAD-UFES-20"] | SourceRecipe] = Field(min_length=1)
    task: Literal["malignancy", "diagnosis"] = Field(
        default="malignancy", description="Benign against malignant, or every diagnosis a class"
    )
    diagnoses: list[str] = Field(default=[], description="Only these diagnoses; none named: all")
    most_per_class: int = Field(default=0, ge=0, description="At most so many images of a class, drawn; 0: all")
    most_of: dict[str, Annotated[int, Field(ge=1)]] = Field(
        default={}, description="At most so many images of the classes named, drawn: to make data unbalanced or small"
    )
    drop_unreadable: bool = Field(default=False, description="Leave unreadable images out instead of stopping")


class SplitRecipe(Section):
    """How the images are divided. By group is the honest way; by image leaks wherever a group has several."""

    by: Literal["group", "image"] = "group"
    validation: float = Field(default=0.15, gt=0, le=0.4, description="Share of the images, to the nearest fold")
    test: float = Field(default=0.15, gt=0, le=0.4, description="Share of the images, to the nearest fold")
    seed: int = Field(default=1, ge=0)
    file: str = Field(default="", description="A split.csv to reuse instead of drawing one")
    train_per_class: int = Field(
        default=0, ge=0, description="At most so many train images of a class, drawn by split.seed; 0: all"
    )


class BalanceRecipe(Section):
    """What is done about classes, and domains, of which there are few images."""

    method: Literal["none", "class_weights", "oversample", "augment"] = Field(
        default="class_weights", description="augment: changed copies of the rarer classes' images are made beforehand"
    )
    copies: Literal["after_split", "before_validation_split", "before_split"] = Field(
        default="after_split",
        description="augment: when the copies are made. Only after_split keeps copies out of other parts than theirs",
    )
    target: int = Field(default=0, ge=0, description="augment: images of each class to reach; 0: as the largest")
    preset: str = Field(default="rotate_zoom_flip", description="augment: the augmentation that changes the copies")
    phone_repeats: int = Field(default=1, ge=1, description="How often an epoch shows each phone photo")


class NetworkRecipe(Section):
    """The network from input to logits."""

    backbone: BACKBONES = "mobilenet_v2"
    alpha: float = Field(default=1.0, gt=0, le=2, description="Width of a MobileNet; other backbones have 1.0 only")
    input_size: int = Field(default=224, ge=32, le=600, description="Pixels, square")
    scaling: Literal["backbone", "unit"] = Field(
        default="backbone", description="backbone: as its weights were trained; unit: divided by 255"
    )
    weights: str = Field(default="imagenet", description="imagenet, none, or a weight file (.h5, .keras or .npz)")
    last_layer: str = Field(default="", description="Take the features here; none named: at the backbone's end")
    batch_norm_momentum: float = Field(default=0.0, ge=0, lt=1, description="0: the backbone's own")
    frozen_up_to: str = Field(
        default="", description="This layer and all before it stay as they start; none named: all learn"
    )


class TopRecipe(Section):
    """From the backbone's features to the logits: pool, then drop and a dense layer, as often as there are widths."""

    pooling: Literal["average", "max", "flatten"] = "average"
    hidden: list[Annotated[int, Field(ge=1)]] = Field(default=[], description="Widths of ReLU layers before the logits")
    dropout: Share = Field(default=0.2, description="Before every dense layer, the logits' included")
    l2: float = Field(default=0.0, ge=0, description="On the kernels of the hidden layers")
    diagnoses: bool = Field(
        default=False,
        description="Learn the diagnoses: the logits of benign and malignant are their probabilities, added up",
    )


class MetadataRecipe(Section):
    """What is known about the patient, joined to the pooled features."""

    fields: list[Literal["age", "sex", "site"]] = Field(default=[])
    join: Literal["pooled", "log_odds"] = Field(
        default="pooled",
        description="pooled: learned with the network; log_odds: fitted on validation behind the finished network, so "
        "that nothing told changes nothing",
    )
    omit: Share = Field(default=0.3, description="Chance that training leaves a field out, so that it may be unknown")


class GateRecipe(Section):
    """What tells skin-lens pictures, phone photos and everything else apart, fitted behind the finished network."""

    enabled: bool = False
    images: int = Field(default=400, ge=4, description="Of each kind without a lesion, to learn from; half to judge")
    steps: int = Field(default=4000, ge=1, description="Batches that the gate learns from")
    crop: float = Field(
        default=0.0, ge=0, lt=1, description="Also learn lesions nearer, by up to this share of the picture's side"
    )
    swept_images: int = Field(
        default=400, ge=0, description="Test images that are changed in ways that should not matter; 0: none"
    )


class DistillationRecipe(Section):
    """What is learned from the runs given as teachers, beside the labels (Hinton, Vinyals, Dean 2015)."""

    weight: float = Field(default=0.0, ge=0, le=1, description="The teachers' share of the loss; 0: no teacher")
    temperature: float = Field(default=2.0, gt=0, description="What both sides' logits are divided by")
    views: Literal[1, 2, 4, 8] = Field(
        default=1,
        description="The teachers' answer is the mean over so many views of an image: 2 is a quarter turn beside it, "
        "4 all quarter turns, 8 their mirror images as well",
    )
    start: bool = Field(
        default=False, description="Start from the first teacher's weights, wherever a layer has its name and shape"
    )
    frozen_head: bool = Field(default=False, description="Leave what comes before the bottleneck as the teacher has it")


class TrainRecipe(Section):
    """How the weights are learned."""

    regime: Literal["fine_tune", "feature_extractor", "two_phase"] = Field(
        default="fine_tune",
        description="feature_extractor: the backbone is frozen, and without augmentation runs once an image; "
        "two_phase: frozen first, then all learns",
    )
    top_epochs: int = Field(default=3, ge=1, description="two_phase: epochs with a frozen backbone")
    epochs: int = Field(default=8, ge=1, description="In all")
    batch_size: int = Field(default=32, ge=2)
    optimizer: Literal["adamw", "adam", "rmsprop", "sgd"] = "adamw"
    learning_rate: float = Field(default=1e-3, gt=0)
    schedule: Literal["cosine", "constant"] = "cosine"
    warmup_epochs: float = Field(default=0.0, ge=0)
    weight_decay: float = Field(default=0.0, ge=0, description="AdamW's; the other optimizers have none")
    loss: Literal["cross_entropy", "focal"] = Field(default="cross_entropy", description="focal: Lin et al. 2017")
    focal_gamma: float = Field(default=2.0, ge=0)
    label_smoothing: Share = 0.0
    weight_average: Share = Field(
        default=0.0,
        description="What is validated and kept is a running average of the weights, of which each step leaves this "
        "share (Polyak, Juditsky 1992); 0: the weights themselves",
    )
    keep: Literal["auc", "accuracy", "balanced_accuracy", "loss", "last"] = Field(
        default="auc", description="The epoch that is kept is the best on validation by this; last: the last one"
    )
    patience: int = Field(default=0, ge=0, description="Stop after so many epochs without a better one; 0: never")
    baseline: bool = Field(
        default=False, description="Fit a linear head on the frozen features first, start from it, report it beside"
    )
    seed: int = Field(default=1, ge=0)


class OperatingPointsRecipe(Section):
    """What the thresholds are chosen for."""

    sensitivities: list[Annotated[float, Field(gt=0, le=1)]] = Field(
        default=[0.95, 0.9],
        min_length=1,
        description="At least these, on validation, in each domain; the first decides",
    )


class Recipe(Section):
    """One file of ``recipes/``."""

    name: Name = Field(description="Becomes the model's name in URLs")
    description: str = Field(default="", description="What it is, in a sentence; the report begins with it")
    data: DataRecipe
    split: SplitRecipe = SplitRecipe()
    balance: BalanceRecipe = BalanceRecipe()
    network: NetworkRecipe = NetworkRecipe()
    bottleneck: BottleneckRecipe = BottleneckRecipe()
    top: TopRecipe = TopRecipe()
    metadata: MetadataRecipe = MetadataRecipe()
    gate: GateRecipe = GateRecipe()
    distillation: DistillationRecipe = DistillationRecipe()
    augment: AugmentRecipe = AugmentRecipe()
    train: TrainRecipe = TrainRecipe()
    operating_points: OperatingPointsRecipe = OperatingPointsRecipe()

    @property
    def learned_fields(self) -> tuple[str, ...]:
        """What is known about the patient and learned with the network, not fitted behind it."""
        return tuple(self.metadata.fields) if self.metadata.join == "pooled" else ()

    @property
    def trains_on_features(self) -> bool:
        """Whether the backbone runs once an image, before training: it is frozen, and no image is ever changed."""
        changes = self.augment.model_dump(exclude={"preset"}, exclude_none=True)
        return self.train.regime == "feature_extractor" and self.augment.preset == "none" and not any(changes.values())

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.balance.copies != "after_split" and self.split.by == "group":
            raise ValueError("copies made before the split need split.by = 'image': they leak, which is their point")
        if self.network.scaling == "unit" and self.network.backbone.startswith("efficientnet"):
            raise ValueError(
                "EfficientNet scales inside: a second 1/255 ruins it, so network.scaling must be 'backbone'"
            )
        if self.train.baseline and (self.top.hidden or self.top.pooling != "average" or self.learned_fields):
            raise ValueError("train.baseline needs an average-pooled linear top and no metadata")
        if self.top.diagnoses and self.data.task != "malignancy":
            raise ValueError("top.diagnoses goes with data.task = 'malignancy': 'diagnosis' learns them anyway")
        if self.top.diagnoses and (self.train.regime == "feature_extractor" or self.train.baseline):
            raise ValueError("top.diagnoses needs a backbone that learns, and no train.baseline to start from")
        if self.metadata.fields and self.metadata.join == "log_odds" and self.data.task != "malignancy":
            raise ValueError("metadata.join = 'log_odds' goes with data.task = 'malignancy'")
        if self.distillation.weight and self.train.regime == "feature_extractor":
            raise ValueError("distillation needs a backbone that learns: set train.regime to fine_tune")
        if self.train.regime == "two_phase" and self.train.top_epochs >= self.train.epochs:
            raise ValueError("train.top_epochs must be fewer than train.epochs")
        return self

    @model_validator(mode="after")
    def _bottleneck_fits(self) -> Self:
        if self.distillation.frozen_head and not (self.bottleneck.behind and self.distillation.start):
            raise ValueError("distillation.frozen_head needs bottleneck.behind, and distillation.start")
        if self.bottleneck.defended and self.trains_on_features:
            raise ValueError(
                "bottleneck.levels, noise, channel_dropout and adversary act while the backbone runs, which it does "
                "once an image here: set train.regime to fine_tune"
            )
        if self.bottleneck.adversary and (self.train.regime == "feature_extractor" or self.distillation.frozen_head):
            raise ValueError(
                "bottleneck.adversary teaches what comes before the bottleneck, so that must learn: set train.regime "
                "to fine_tune, and distillation.frozen_head to false"
            )
        return self
