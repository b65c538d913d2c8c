"""The fast engine: tail.xml on OpenVINO's processor plugin, in float32, without TensorFlow in the process."""

from queue import SimpleQueue
from typing import Any

import numpy as np

from dermsplit_contract.bundle import TAIL_XML, Bundle
from dermsplit_contract.engine import import_openvino
from dermsplit_contract.errors import BundleInvalid
from dermsplit_contract.manifest import Manifest
from dermsplit_server.engines import Answers, Features, Metadata

OUTPUTS = ("probabilities", "domain_probabilities")


class OpenVinoTail:
    """``tail.xml`` on OpenVINO."""

    engine = "openvino"

    def __init__(self, bundle: Bundle, max_batch: int, threads: int, engine_threads: int) -> None:
        """Compile and warm up, for ``threads`` inferences at a time that share ``engine_threads`` processor threads.

        Raises BundleInvalid where the file is not a tail of the manifest's shapes.
        """
        openvino = import_openvino()
        manifest = bundle.manifest
        self._width = manifest.metadata.width if manifest.metadata else None
        self._outputs = OUTPUTS[: 2 if manifest.domains else 1]
        options = {
            # Processors that know bfloat16 would round to it otherwise.
            "INFERENCE_PRECISION_HINT": "f32",
            "INFERENCE_NUM_THREADS": engine_threads,
            # One core an inference answers most of them; with --threads 1 all cores work on one.
            "NUM_STREAMS": min(threads, engine_threads),
            # Workers side by side would all be pinned to the first cores.
            "ENABLE_CPU_PINNING": False,
        }
        self._idle: SimpleQueue[Any] = SimpleQueue()
        try:
            core = openvino.Core()
            # The engine arranges the weights anew. A map of the file would hold them a second time, and kill the
            # process where somebody cuts the file short.
            core.set_property({"ENABLE_MMAP": False})
            model = core.compile_model(bundle.path(TAIL_XML), "CPU", options)
            for _ in range(threads):
                self._idle.put(model.create_infer_request())
            for batch in {1, max_batch}:
                self._warm_up(manifest, batch)
        except (RuntimeError, ValueError, KeyError) as error:
            raise BundleInvalid(
                f"The tail of bundle {manifest.id} does not load on OpenVINO with the manifest's shapes. Make the "
                "bundle again with `dermsplit convert`, or serve it with --engine keras."
            ) from error

    def __call__(self, features: Features, metadata: Metadata | None = None) -> Answers:
        """See :class:`dermsplit_server.engines.Tail`."""
        taken: dict[str, Any] = {"features": features.astype(np.float32, copy=False)}
        if self._width is not None:
            taken["metadata"] = np.zeros((len(features), self._width), np.float32) if metadata is None else metadata
        # A request holds the memory of one inference, so no two threads may have the same.
        request = self._idle.get()
        try:
            found = request.infer(taken)
            return Answers(*(found[name] for name in self._outputs))
        finally:
            self._idle.put(request)

    def _warm_up(self, manifest: Manifest, batch: int) -> None:
        found = self(np.zeros((batch, *manifest.features.shape), dtype=np.float32))
        expected = [(batch, len(manifest.labels))]
        if manifest.domains:
            expected.append((batch, len(manifest.domains.labels)))
        if [answer.shape for answer in found if answer is not None] != expected:
            raise ValueError("shape of the answer")
