"""From a run to a bundle, top to bottom:

open run -> check cut -> calibrate ranges -> split -> fold, round -> export TF.js -> export LiteRT -> write tail ->
export OpenVINO -> write whole -> export decoder -> golden case -> card -> seal -> verify the golden case -> put in
place.
"""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from dermsplit_contract import bundle as names
from dermsplit_contract.bundle import Bundle, open_bundle, seal_bundle
from dermsplit_contract.errors import BundleError, DataInvalid, UnsupportedModel, UsageError
from dermsplit_contract.manifest import ID_LENGTH, Datatype, Manifest
from dermsplit_contract.run import MODEL_FILE, Run, read_run
from dermsplit_convert.bench.forms import THIS_BUNDLE, FeatureForm
from dermsplit_convert.card import card_text
from dermsplit_convert.cuts import check_cut
from dermsplit_convert.decisions import Judge
from dermsplit_convert.golden import write_golden
from dermsplit_convert.graph import read_graph
from dermsplit_convert.infer import infer, infer_all
from dermsplit_convert.inputs import load_inputs
from dermsplit_convert.int8 import PICTURES
from dermsplit_convert.keras_file import load_model, save_model
from dermsplit_convert.leakage.carried import read_decoder
from dermsplit_convert.leakage.identity import features_sha256
from dermsplit_convert.leakage.record import summary_of
from dermsplit_convert.openvino import export_openvino
from dermsplit_convert.quantise import Calibration, calibrate, check_levels
from dermsplit_convert.split import make_head, make_tail
from dermsplit_convert.stored import HeadWeights, store_head
from dermsplit_convert.tfjs import DECODER_FOLDER, TAIL_FOLDER, TAIL_WEIGHTS, export_decoder, export_tail
from dermsplit_convert.tflite import export_tflite
from dermsplit_convert.verify import check_golden

if TYPE_CHECKING:
    import keras

PUBLIC = {"head/", names.HEAD_TFLITE, "golden/", names.CARD, f"{TAIL_FOLDER}/", f"{DECODER_FOLDER}/"}
CONVERTERS = ("keras", "openvino", "tensorflow", "tensorflowjs")
FEWEST_IMAGES, MOST_IMAGES = 100, 512
MOST_CALIBRATION_VALUES = 64_000_000
"""Features held at once while ranges are chosen: a quarter of a gigabyte."""

Report = Callable[[str], None]


@dataclass(frozen=True)
class Order:
    """What to make. ``levels`` counts for UINT8 only; ``data`` is the folder that the run's image paths start from.
    ``tail_in_page`` gives the tail to browsers as well, and so to anyone. ``leakage`` is the leakage.json of a bundle
    with the same head and quantiser, for the manifest and the card; ``decoder`` is the folder of a decoder of such, for
    the page."""

    run: Path
    cut: str
    datatype: Datatype = "UINT8"
    levels: int = 256
    data: Path | None = None
    name: str | None = None
    head_weights: HeadWeights = "float32"
    tail_in_page: bool = False
    leakage: Path | None = None
    decoder: Path | None = None


def convert(order: Order, place: Callable[[str], Path], report: Report) -> Bundle:
    """Make a bundle and put it, whole or not at all, where ``place`` says for its id.

    ``report`` hears of every step in a few words. Raises RunInvalid, UnknownLayer, IllegalCut, UnsupportedModel,
    UsageError and DataInvalid for an order that cannot be carried out.
    """
    run = named(read_run(order.run), order.name)
    check_order(order)
    whole = open_network(order.run, run)
    check_cut(whole, order.cut)

    calibration = None
    if order.datatype == "UINT8":
        report("choosing the quantiser's ranges on calibration images")
        calibration = calibrate_ranges(order, run, whole)
    quantiser = calibration.quantiser if calibration else None
    head = make_head(whole, order.cut, quantiser)
    if order.head_weights == "int8":
        report("rounding the head's kernels on calibration images")
    stored = store_head(head, order.head_weights, lambda: calibration_inputs(order, run, PICTURES))
    head = stored.model
    tail = make_tail(whole, order.cut, run.temperature, quantiser)
    sha256 = features_sha256(head, order.cut, FeatureForm(THIS_BUNDLE, order.datatype, quantiser))
    leaked = leakage_of(order, sha256)
    decoder, decodes = read_decoder(order.decoder, sha256) if order.decoder else (None, None)

    with tempfile.TemporaryDirectory(prefix="dermsplit-") as scratch:
        made = Path(scratch) / "bundle"
        made.mkdir()
        report("writing the head for browsers (TF.js)")
        stored.export((made / names.HEAD_TFJS).parent)
        report("writing the head for Python clients (LiteRT)")
        export_tflite(head, made / names.HEAD_TFLITE)
        report("writing the tail")
        save_model(tail, made / names.TAIL_KERAS)
        if order.tail_in_page:
            report("writing the tail for browsers (TF.js)")
            export_tail(tail, made / TAIL_FOLDER)
        report("writing the tail for OpenVINO")
        export_openvino(tail, made)
        save_model(whole, made / names.WHOLE_KERAS)
        if decoder is not None:
            report("writing the decoder for browsers (TF.js)")
            export_decoder(decoder, made / DECODER_FOLDER)
        write_golden(made, run.input_size, head, tail, order.datatype)
        fields = manifest_fields(order, run, head) | leaked | {"decoder": decodes and decodes.model_dump(mode="json")}
        write_card(made, fields, calibration)
        seal_bundle(made, fields, PUBLIC)
        report("checking the golden case")
        manifest = check_golden(open_bundle(made)).manifest
        return _put(made, place(manifest.id))


def named(run: Run, name: str | None) -> Run:
    """A run whose model goes by another name, if one is given. Raises UsageError for one that URLs cannot hold."""
    try:
        return Run.model_validate({**run.model_dump(), "name": name or run.name})
    except ValidationError as error:
        raise UsageError(
            f"Expected --name in small letters, digits, - and _, starting with a letter or digit, got '{name}'."
        ) from error


def open_network(directory: Path, run: Run) -> "keras.Model":
    """Load a run's network: float32 [N, S, S, 3] to logits [N, C], with metadata and domains where the run has them.

    Raises RunInvalid and UnsupportedModel.
    """
    whole = load_model(directory / MODEL_FILE)
    if not run.malignant:
        raise UnsupportedModel(
            f"The run tells {', '.join(run.labels)} apart, and not which of them are malignant, so a page could answer "
            "nothing with it. Train with the malignant labels named in the recipe's data.sets."
        )
    graph = read_graph(whole)
    taken, given = [graph.input.shape[1:]], [output.shape[1:] for output in graph.outputs]
    if graph.metadata is not None:
        taken.append(graph.metadata.shape[1:])
    takes: list[tuple[int, ...]] = [(run.input_size, run.input_size, 3)]
    takes += [(run.metadata.width,)] if run.metadata else []
    gives: list[tuple[int, ...]] = [(len(run.labels),)]
    gives += [(len(run.domains.labels),)] if run.domains else []
    if taken != takes or given != gives:
        raise UnsupportedModel(
            f"Expected a network from {_shapes(takes)} to {_shapes(gives)} as the run says, "
            f"got one from {_shapes(taken)} to {_shapes(given)}. Train the run again."
        )
    return whole


def _shapes(shapes: list[tuple[int, ...]]) -> str:
    return " and ".join(f"[{', '.join(['N', *map(str, shape)])}]" for shape in shapes)


def calibrate_ranges(order: Order, run: Run, whole: "keras.Model") -> Calibration:
    """Choose the quantiser's ranges on the run's own calibration images, which are training images."""
    assert order.data is not None
    crossing = check_cut(whole, order.cut)
    fitting = MOST_CALIBRATION_VALUES // prod(crossing.shape[1:])
    inputs = calibration_inputs(order, run, min(MOST_IMAGES, max(FEWEST_IMAGES, fitting)))
    features = infer(make_head(whole, order.cut), inputs)
    tail = make_tail(whole, order.cut, run.temperature)
    malignant = [run.labels.index(label) for label in run.malignant]
    judge = Judge(malignant, run.operating_points[0], run.domains)
    return calibrate(features, order.levels, lambda values: judge(infer_all(tail, values)))


def calibration_inputs(order: Order, run: Run, count: int) -> NDArray[np.float32]:
    """At most ``count`` of the run's calibration images, spread over them: float32 [N, S, S, 3] of 0..255.

    Raises DataInvalid where too few of them are below ``order.data``.
    """
    assert order.data is not None
    present = [name for name in run.calibration_images if (order.data / name).is_file()]
    if len(present) < FEWEST_IMAGES:
        raise DataInvalid(
            f"Expected at least {FEWEST_IMAGES} of the run's {len(run.calibration_images)} calibration images below "
            f"--data, found {len(present)}. Give the folder that the run was trained with."
        )
    spread = np.linspace(0, len(present) - 1, min(count, len(present))).astype(int)
    return load_inputs(order.data, [present[place] for place in spread], run.input_size)


def manifest_fields(order: Order, run: Run, head: "keras.Model") -> dict[str, object]:
    """The manifest without id and files."""
    shared = run.model_dump(
        mode="json",
        include={
            *("backbone", "labels", "malignant", "temperature", "prevalence", "operating_points", "evaluations"),
            *("metadata", "domains", "novelty", "shortcuts", "groups", "data", "weights_licence", "split_sha256"),
        },
    )
    trained = {f"training/{library}": number for library, number in run.versions.items()}
    converted = {f"convert/{library}": version(library) for library in CONVERTERS}
    levels = order.levels if order.datatype == "UINT8" else None
    return {
        **shared,
        "name": run.name,
        "cut": order.cut,
        "input": {"size": run.input_size},
        "head_weights": order.head_weights,
        "tail_in_page": TAIL_WEIGHTS if order.tail_in_page else None,
        "features": {"shape": list(head.output_shape[1:]), "datatype": order.datatype, "levels": levels},
        "versions": {**trained, **converted},
    }


def leakage_of(order: Order, sha256: str) -> dict[str, object]:
    """The manifest's field for what the features with that hash give away, nothing where no file is given.

    Raises UsageError where the file was measured on another head or quantiser.
    """
    if order.leakage is None:
        return {}
    return {"leakage": summary_of(order.leakage, sha256).model_dump(mode="json")}


def write_card(made: Path, fields: dict[str, object], calibration: Calibration | None) -> None:
    """Write the model card of a bundle that is not sealed yet."""
    # The card says nothing of ids and hashes, so it can be written from a manifest that has none yet.
    manifest = Manifest.model_validate({**fields, "id": "0" * ID_LENGTH, "files": {}})
    (made / names.CARD).write_text(card_text(manifest, calibration), encoding="utf-8")


def check_order(order: Order) -> None:
    """Raise UsageError for options that do not go together."""
    if order.datatype == "UINT8":
        check_levels(order.levels)
    elif order.head_weights != "int8":
        return
    if order.data is None and order.datatype == "UINT8":
        raise UsageError(
            "Whole numbers (UINT8) need ranges taken from real images: give --data DIR, the folder that the run was "
            "trained with, or choose --datatype FP32."
        )
    if order.data is None:
        raise UsageError(
            "Kernels in whole numbers (int8) are rounded on real images: give --data DIR, the folder that the run was "
            "trained with, or choose --head-weights float16."
        )
    if not order.data.is_dir():
        raise UsageError(f"Expected a folder of images at --data, found none at '{order.data}'. Check the path.")


def _put(made: Path, target: Path) -> Bundle:
    """Move a finished bundle into place by one rename. A bundle that is there already must be the same."""
    if target.exists():
        return _same(made, target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # A rename is atomic within one file system only, so the copy that is renamed lies beside its target.
        with tempfile.TemporaryDirectory(prefix=".making-", dir=target.parent) as beside:
            shutil.copytree(made, Path(beside) / "bundle")
            (Path(beside) / "bundle").rename(target)
    except OSError as error:
        raise UsageError(f"The bundle cannot be written at '{target}': {error.strerror}.") from error
    return open_bundle(target)


def _same(made: Path, target: Path) -> Bundle:
    try:
        there = open_bundle(target)
    except BundleError:
        there = None
    if there is None or there.manifest.id != open_bundle(made).manifest.id:
        raise UsageError(f"There is something else at '{target}'. Remove it, or choose another place with --out.")
    return there
