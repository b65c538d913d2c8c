"""Write the golden files that pytest and vitest both read, and the JSON Schema of the manifest.

    python contract/golden/regenerate.py [DIR]

Every picture is drawn here by a seeded generator; a test checks that the committed files are what this writes.
"""

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dermsplit_contract.manifest import manifest_schema
from dermsplit_contract.preprocess import to_input
from dermsplit_contract.tensors import Tensor
from dermsplit_contract.wire import InferReply, InferRequest, encode_reply, encode_request

HERE = Path(__file__).parent
SCHEMA = HERE.parent / "dermsplit_contract" / "manifest.schema.json"


def main() -> None:
    """Write everything below the folder given, or in place."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    write_resize(target / "resize")
    write_wire(target / "wire")
    schema = SCHEMA if target == HERE else target / SCHEMA.name
    schema.write_text(manifest_schema(), encoding="utf-8")


def write_resize(folder: Path) -> None:
    """Pictures of awkward sizes, and what Pillow makes of their squares: shrunk, enlarged, untouched, off centre."""
    folder.mkdir(parents=True, exist_ok=True)
    cases = [
        ("shrink_odd", smooth(97, 61), (18, 0, 79, 61), 32),
        ("shrink_noise", noise(120, 90), (15, 0, 105, 90), 24),
        ("shrink_little", noise(70, 66), (2, 0, 68, 66), 64),
        ("enlarge", noise(20, 15), (2, 0, 17, 15), 48),
        ("enlarge_smooth", smooth(33, 47), (0, 7, 33, 40), 56),
        ("same_size", noise(40, 30), (5, 0, 35, 30), 30),
        ("off_centre", smooth(128, 96), (60, 20, 124, 84), 31),
        ("extremes", checkers(90, 90), (0, 0, 90, 90), 37),
        ("one_pixel", noise(5, 3), (4, 2, 5, 3), 8),
    ]
    index = []
    for name, picture, box, size in cases:
        height, width, _ = picture.shape
        resized = to_input(Image.fromarray(picture), size, box)
        (folder / f"{name}.rgb").write_bytes(picture.tobytes())
        (folder / f"{name}_{size}.rgb").write_bytes(resized.tobytes())
        case = {"name": name, "width": width, "height": height, "source": f"{name}.rgb"}
        index.append({**case, "box": list(box), "size": size, "expected": f"{name}_{size}.rgb"})
    write_json(folder / "cases.json", index)


def write_wire(folder: Path) -> None:
    """Requests of every datatype with their exact bodies, and a reply as JSON and as binary."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(7)
    shape = (2, 3, 2)
    features = {
        "uint8": random.integers(0, 256, (1, *shape)).astype("u1"),
        "fp32": random.normal(size=(1, *shape)).astype("<f4"),
        "fp16": random.normal(size=(2, *shape)).astype("<f2"),
    }
    requests = []
    for name, array in features.items():
        body, headers = encode_request(InferRequest((Tensor("features", array),), id=f"case-{name}"))
        (folder / f"{name}.features.bin").write_bytes(array.tobytes())
        (folder / f"{name}.request.bin").write_bytes(body)
        requests.append(
            {
                "name": name,
                "id": f"case-{name}",
                "datatype": Tensor("features", array).datatype,
                "shape": list(array.shape),
                "features": f"{name}.features.bin",
                "body": f"{name}.request.bin",
                "headers": headers,
            }
        )
    reply = InferReply(
        "mole",
        "0123456789abcdef",
        (
            Tensor("probabilities", np.array([[0.75, 0.25]], dtype="<f4")),
            Tensor("labels", np.array(["benign", "malignant"])),
            Tensor("decisions", np.array(["suspicious"])),
        ),
        {"bundle": "0123456789abcdef", "operating_point": "sensitivity_95", "threshold": 0.125, "tail_ms": 20.5},
        id="case-uint8",
    )
    replies = []
    for name, binary in (("json", False), ("binary", True)):
        body, headers = encode_reply(reply, InferRequest((), binary=binary))
        (folder / f"{name}.reply.bin").write_bytes(body)
        replies.append({"name": name, "body": f"{name}.reply.bin", "headers": headers})
    write_json(folder / "cases.json", {"requests": requests, "replies": replies})


def smooth(width: int, height: int) -> NDArray[np.uint8]:
    """Slow waves of colour: what skin does to a resampler."""
    y, x = np.mgrid[0:height, 0:width]
    channels = [127.5 + 120 * np.sin(x / (7.0 + 3 * c) + c) * np.cos(y / (11.0 - 2 * c)) for c in range(3)]
    return np.stack(channels, axis=-1).round().clip(0, 255).astype(np.uint8)


def noise(width: int, height: int) -> NDArray[np.uint8]:
    """Every pixel on its own: the hardest case for rounding."""
    return np.random.default_rng(width * 1000 + height).integers(0, 256, (height, width, 3), dtype=np.uint8)


def checkers(width: int, height: int) -> NDArray[np.uint8]:
    """Only 0 and 255, so that clipping at both ends is met."""
    y, x = np.mgrid[0:height, 0:width]
    on = ((x // 3 + y // 2) % 2 == 0)[..., None]
    return np.where(on, np.uint8(255), np.uint8(0)).repeat(3, axis=-1)


def write_json(path: Path, value: object) -> None:
    """Write JSON as it is committed: two spaces, a newline at the end."""
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
