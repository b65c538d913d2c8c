"""The whole network as the page's worker can run it, beside the head: a bundle of one graph and its golden case."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dermsplit_contract import bundle as names
from dermsplit_contract.bundle import Bundle
from dermsplit_contract.manifest import FeaturesSpec
from dermsplit_contract.preprocess import load_photo, to_input
from dermsplit_convert.costs import cost_of
from dermsplit_convert.golden import draw_lesions
from dermsplit_convert.graph import read_graph
from dermsplit_convert.int8 import PICTURES
from dermsplit_convert.stored import store_head

if TYPE_CHECKING:
    import keras


def uncut(whole: "keras.Model") -> "keras.Model":
    """The network from the picture to the pooled features that cost most: nearly all the work lies before them.

    What a bundle adds behind, a gate or what is told of a person, is left out.
    """
    import keras

    graph = read_graph(whole)
    pools = [step for step in graph.steps if "Global" in type(step.operation).__name__]
    return max((keras.Model(graph.input, step.outputs[0], name="uncut") for step in pools), key=macs_of)


def macs_of(model: "keras.Model") -> int:
    """Multiply-accumulates for one input."""
    return sum(cost_of(step).macs for step in read_graph(model).steps)


def write_whole(bundle: Bundle, directory: Path) -> Bundle:
    """Export the uncut network up to its pooled features, float32 out, weights stored as the head's are.

    The result is no bundle that a server would take: it has what the page's worker needs, and nothing else.
    """
    from dermsplit_convert.keras_file import load_model

    network = uncut(load_model(bundle.path(names.WHOLE_KERAS)))
    size = bundle.manifest.input.size
    # Where the answers are not looked at, drawn pictures do.
    stored = store_head(network, bundle.manifest.head_weights, lambda: draw_lesions(size, PICTURES))
    stored.export(directory / "head")
    golden = to_input(load_photo(bundle.path(names.GOLDEN_INPUT)), size)
    found = np.asarray(stored.model(golden[None].astype(np.float32), training=False), dtype="<f4")
    (directory / "golden").mkdir()
    (directory / names.GOLDEN_INPUT).write_bytes(bundle.path(names.GOLDEN_INPUT).read_bytes())
    (directory / names.GOLDEN_FEATURES).write_bytes(found.tobytes())
    own = [path for path in directory.rglob("*") if path.is_file()]
    entry = next(iter(bundle.manifest.files.values()))
    files = {
        path.relative_to(directory).as_posix(): entry.model_copy(update={"bytes": path.stat().st_size}) for path in own
    }
    features = FeaturesSpec(name="features", shape=list(found.shape[1:]), datatype="FP32", levels=None)
    return Bundle(directory, bundle.manifest.model_copy(update={"files": files, "features": features}))
