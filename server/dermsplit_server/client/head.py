"""The head on this computer: LiteRT runs head.tflite, from a bundle's folder or fetched from the server and kept."""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dermsplit_contract.bundle import HEAD_TFLITE, NUMPY_DTYPE, open_bundle
from dermsplit_contract.errors import BundleInvalid, ServerRefused
from dermsplit_contract.manifest import Manifest
from dermsplit_contract.preprocess import to_input
from dermsplit_contract.quiet import quiet
from dermsplit_server.cache import user_cache
from dermsplit_server.client.remote import Remote
from dermsplit_server.engines import Features


@dataclass(frozen=True)
class Head:
    """A loaded head with the manifest it belongs to."""

    manifest: Manifest
    interpreter: Any

    def features(self, photo: Image.Image) -> Features:
        """The features [1, *shape] of an upright RGB photo, in the wire's datatype."""
        return self.run(to_input(photo, self.manifest.input.size))

    def run(self, picture: NDArray[np.uint8]) -> Features:
        """The features [1, *shape] of an input uint8 [size, size, 3], RGB."""
        self.interpreter.set_tensor(self.interpreter.get_input_details()[0]["index"], picture[None].astype(np.float32))
        self.interpreter.invoke()
        found = self.interpreter.get_tensor(self.interpreter.get_output_details()[0]["index"])
        spec = self.manifest.features
        # The quantiser is in the head: what comes out is whole already, as float32.
        values = np.rint(found) if spec.datatype == "UINT8" else found
        return np.ascontiguousarray(values.astype(NUMPY_DTYPE[spec.datatype]))


def head_of_bundle(directory: Path) -> Head:
    """Load the head of a bundle folder, every file of it checked. Raises BundleError."""
    bundle = open_bundle(directory)
    return _load(bundle.manifest, bundle.path(HEAD_TFLITE).read_bytes())


def head_of_server(remote: Remote) -> Head:
    """Load the head of the server's default bundle, from the cache where it is there and whole.

    Raises ServerUnreachable, or ServerRefused where what came is not the file that the manifest names.
    """
    manifest = remote.current_manifest()
    entry = manifest.files.get(HEAD_TFLITE)
    if entry is None:
        raise ServerRefused("The server's bundle has no head for Python clients.")
    kept = cache_folder() / manifest.id / HEAD_TFLITE
    content = kept.read_bytes() if kept.is_file() else b""
    if not _is_whole(content, entry.sha256):
        content = remote.file(manifest.id, HEAD_TFLITE)
        if not _is_whole(content, entry.sha256):
            raise ServerRefused(f"The head that came differs from its hash in the manifest ({entry.bytes} bytes).")
        _keep(kept, content)
    return _load(manifest, content)


def cache_folder() -> Path:
    """Where heads are kept."""
    return user_cache("heads")


def _load(manifest: Manifest, content: bytes) -> Head:
    from ai_edge_litert.interpreter import Interpreter

    size = manifest.input.size
    try:
        with quiet():
            interpreter = Interpreter(model_content=content)
            interpreter.allocate_tensors()
        takes = interpreter.get_input_details()[0]["shape"].tolist()
        gives = interpreter.get_output_details()[0]["shape"].tolist()
    except (ValueError, RuntimeError, IndexError) as error:
        raise BundleInvalid(f"The head of bundle {manifest.id} does not load in LiteRT.") from error
    if takes != [1, size, size, 3] or gives != [1, *manifest.features.shape]:
        raise BundleInvalid(
            f"Expected a head from [1, {size}, {size}, 3] to {[1, *manifest.features.shape]}, found {takes} to {gives}."
        )
    return Head(manifest, interpreter)


def _is_whole(content: bytes, sha256: str) -> bool:
    return hashlib.sha256(content).hexdigest() == sha256


def _keep(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
        Path(file.name).replace(path)
    except OSError:
        # A disk that is full or read-only costs a download next time, not the answer.
        return
