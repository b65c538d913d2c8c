"""What atheris begins with: good requests and a good manifest, from which it finds its way further than from nothing.

`python -m tests.fuzz.seeds FOLDER` writes them, a folder for each target.
"""

import gzip
import json
import sys
from pathlib import Path

import numpy as np

from dermsplit_contract.bundle import MANIFEST_FILE
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import LENGTH_HEADER, InferRequest, encode_request

BUNDLES = Path(__file__).parents[2] / "server" / "dermsplit_server" / "bundles"


def requests() -> list[bytes]:
    """Requests as the target ``request`` reads them, of every datatype, in both forms and with gzip."""
    tensors = [Tensor("features", np.arange(4).reshape(1, 4).astype(dtype)) for dtype in ("u1", "<f2", "<f4")]
    tensors.append(Tensor("names", np.array(["mole", "mål"])))
    found = []
    for tensor in tensors:
        asked = InferRequest((tensor,), "7", {"probabilities": True}, parameters={"prevalence": 0.1})
        body, headers = encode_request(asked)
        length = int(headers[LENGTH_HEADER]).to_bytes(2, "little")
        found += [b"\x01" + length + body, b"\x03" + length + gzip.compress(body)]
        found.append(b"\x00\x00\x00" + encode_request(asked, as_json=True)[0])
    return found


def manifests() -> list[bytes]:
    """The manifests of the bundles that ship, without spaces."""
    texts = [path.read_bytes() for path in BUNDLES.glob(f"*/{MANIFEST_FILE}")]
    return [json.dumps(json.loads(text), separators=(",", ":")).encode() for text in texts]


def write(folder: Path) -> None:
    """Lay them below ``folder``, which is made."""
    for name, seeds in (("request", requests()), ("manifest", manifests())):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for place, seed in enumerate(seeds):
            (folder / name / f"seed-{place}").write_bytes(seed)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
