"""What a recipe's words for optimizer, schedule and loss are in Keras."""

import keras

from dermsplit_training.recipe import TrainRecipe


def build_optimizer(recipe: TrainRecipe, steps: int, epochs: int) -> keras.optimizers.Optimizer:
    """The optimizer of a phase of ``epochs`` epochs with ``steps`` batches each."""
    rate = _schedule(recipe, steps, epochs)
    average = {"use_ema": True, "ema_momentum": recipe.weight_average} if recipe.weight_average else {}
    if recipe.optimizer == "adamw":
        return keras.optimizers.AdamW(rate, weight_decay=recipe.weight_decay, **average)
    if recipe.optimizer == "sgd":
        return keras.optimizers.SGD(rate, momentum=0.9, **average)
    return {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop}[recipe.optimizer](rate, **average)


def build_loss(recipe: TrainRecipe) -> keras.losses.Loss:
    """A loss on logits and one-hot labels. With two classes, cross-entropy is the binary one of their difference."""
    if recipe.loss == "focal":
        return keras.losses.CategoricalFocalCrossentropy(
            alpha=1.0, gamma=recipe.focal_gamma, from_logits=True, label_smoothing=recipe.label_smoothing
        )
    return keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=recipe.label_smoothing)


def _schedule(recipe: TrainRecipe, steps: int, epochs: int) -> float | keras.optimizers.schedules.LearningRateSchedule:
    if recipe.schedule == "constant":
        return recipe.learning_rate
    warmup = round(recipe.warmup_epochs * steps)
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=recipe.learning_rate / 100 if warmup else recipe.learning_rate,
        decay_steps=max(1, epochs * steps - warmup),
        warmup_target=recipe.learning_rate if warmup else None,
        warmup_steps=warmup,
    )
