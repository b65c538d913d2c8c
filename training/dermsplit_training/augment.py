"""Random changes of the training images, as Keras layers that the saved network does not hold."""

import keras

from dermsplit_training.recipe import AugmentRecipe

RANGE = (0.0, 255.0)


def build_augmentation(recipe: AugmentRecipe, seed: int) -> keras.Sequential:
    """Layers from float32 [N, S, S, 3] in 0..255 to the same; they act in training only."""
    layers: list[keras.layers.Layer] = []
    if recipe.flip:
        layers.append(keras.layers.RandomFlip("horizontal_and_vertical", seed=seed))
    if recipe.rotation:
        layers.append(keras.layers.RandomRotation(recipe.rotation, fill_mode="reflect", seed=seed + 1))
    if recipe.zoom:
        layers.append(keras.layers.RandomZoom(recipe.zoom, fill_mode="reflect", seed=seed + 2))
    if recipe.brightness:
        layers.append(keras.layers.RandomBrightness(recipe.brightness, value_range=RANGE, seed=seed + 3))
    if recipe.contrast:
        layers.append(keras.layers.RandomContrast(recipe.contrast, value_range=RANGE, seed=seed + 4))
    return keras.Sequential(layers, name="augmentation")
