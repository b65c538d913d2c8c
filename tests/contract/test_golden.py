"""The committed golden files and the schema are what the generator writes today."""

import filecmp
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from dermsplit_contract.preprocess import to_input

GOLDEN = Path(__file__).parents[2] / "contract" / "golden"
SCHEMA = GOLDEN.parent / "dermsplit_contract" / "manifest.schema.json"


def test_committed_files_are_what_the_generator_writes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, GOLDEN / "regenerate.py", tmp_path], check=True)
    written = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()} - {Path(SCHEMA.name)}
    committed = {path.relative_to(GOLDEN) for path in GOLDEN.rglob("*/*") if path.is_file() and path.suffix != ".pyc"}
    assert written == committed
    for name in written:
        assert filecmp.cmp(tmp_path / name, GOLDEN / name, shallow=False), f"{name} differs: run regenerate.py"
    assert (tmp_path / SCHEMA.name).read_text() == SCHEMA.read_text(), "the schema differs: run regenerate.py"


def test_preprocess_gives_the_golden_bytes() -> None:
    cases = json.loads((GOLDEN / "resize" / "cases.json").read_text())
    for case in cases:
        raw = np.frombuffer((GOLDEN / "resize" / case["source"]).read_bytes(), dtype=np.uint8)
        photo = Image.fromarray(raw.reshape((case["height"], case["width"], 3)))
        left, top, right, bottom = case["box"]
        got = to_input(photo, case["size"], (left, top, right, bottom))
        assert got.tobytes() == (GOLDEN / "resize" / case["expected"]).read_bytes(), case["name"]
