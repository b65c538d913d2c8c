"""The decoder that a bundle carries: as a study leaves it, and as `dermsplit convert --decoder` takes it.

Two files in a folder, ``decoder.keras`` and ``decoder.json``. They hold no photo, but what was learned from photos.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from dermsplit_contract.errors import UsageError
from dermsplit_contract.measures import DecoderResult, LeakageResult, Record
from dermsplit_convert.bench.forms import FeatureForm
from dermsplit_convert.keras_file import load_model, save_model

if TYPE_CHECKING:
    import keras

MODEL, FIGURES = "decoder.keras", "decoder.json"


class DecoderRecord(Record):
    """What decoder.json holds: whose features the decoder takes, and how well it does."""

    features_sha256: str
    result: DecoderResult


def result_of(found: LeakageResult) -> DecoderResult:
    """Of all that was found, what belongs to the decoder."""
    return DecoderResult(
        side=found.side,
        training_images=found.training_images,
        images=found.images,
        groups=found.groups,
        rebuilt=found.rebuilt,
    )


def write_decoder(directory: Path, decoder: "keras.Model", form: FeatureForm, record: DecoderRecord) -> None:
    """Write a decoder of features as they are received, as one of features as they are sent, and its figures.

    Those of an earlier study are replaced. Raises UsageError where the folder cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        save_model(from_wire(decoder, form), directory / MODEL)
        (directory / FIGURES).write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"The decoder cannot be written to '{directory}': {error.strerror}.") from error


def from_wire(decoder: "keras.Model", form: FeatureForm) -> "keras.Model":
    """A decoder of received features as one of features as they are sent, its pictures [N, P, P, 3] clipped to 0..1."""
    import keras

    sent = keras.Input(decoder.input_shape[1:], name="features")
    received = sent if form.quantiser is None else form.quantiser.dequantise_symbolic(sent)
    return keras.Model(sent, keras.layers.ReLU(max_value=1.0, name="clipped")(decoder(received)), name="decoder")


def read_decoder(directory: Path, features_sha256: str) -> tuple[Any, DecoderResult]:
    """The decoder of the features with that hash, a Keras model, and its figures.

    Raises UsageError where the folder holds none, or one of other features, and RunInvalid for a file that is no model.
    """
    try:
        record = DecoderRecord.model_validate_json((directory / FIGURES).read_bytes())
    except (OSError, ValidationError) as error:
        raise UsageError(
            f"Expected the folder that `dermsplit leakage --decoder-out` writes at '{directory}', found no {FIGURES} "
            "in it that can be read. Measure the bundle again."
        ) from error
    if record.features_sha256 != features_sha256:
        raise UsageError(
            f"Expected a decoder of the features {features_sha256[:12]} of this head and quantiser, '{directory}' has "
            f"one of {record.features_sha256[:12]}. Train one with `dermsplit leakage --decoder-out` on a bundle made "
            "of this run."
        )
    model = load_model(directory / MODEL)
    wanted = (None, record.result.side, record.result.side, 3)
    if model.output_shape != wanted:
        raise UsageError(
            f"Expected a decoder to pictures of {record.result.side} pixels at '{directory}', got one to "
            f"{model.output_shape[1:]}. Train it again."
        )
    return model, record.result
