"""What a network costs and where it is best cut, as `dermsplit cuts` says: the roles meet through files and commands.

The best cut is the one with the fewest UINT8 feature bytes among the legal cuts
- whose features are a map [height, width, channels]: behind the pooling, nothing but a classifier would be left;
- whose head has at least one convolution: before it, the features would be the photo itself;
- whose head is a download of at most 3 MB with float32 weights.
Of two such cuts with equally many feature bytes, the one with the smaller head.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from pydantic import Field

from dermsplit_contract.measures import Record

MOST_HEAD_BYTES = 3_000_000
WIRE_DATATYPE = "UINT8"
COMMAND = (sys.executable, "-c", "from dermsplit_contract.cli import main; main()")


class BestCut(Record):
    """The cut, see above."""

    layer: str
    head_download_bytes: int = Field(description="Weights of the head in float32")
    feature_bytes: int = Field(description="Of one input, as UINT8")


class Costs(Record):
    """Of one network. What is not known is None, and ``why`` says why."""

    macs: int | None = Field(default=None, description="Multiply-accumulates of the whole network for one input")
    cut: BestCut | None = None
    why: str = ""


def find_costs(run: Path) -> Costs:
    """Ask `dermsplit cuts` about the network of a run directory."""
    asked = subprocess.run([*COMMAND, "cuts", str(run), "--json"], capture_output=True, text=True, check=False)
    if asked.returncode != 0:
        said = asked.stderr.strip().splitlines() or ["no reason given."]
        return Costs(why=f"`dermsplit cuts` failed: {said[-1].removeprefix('error: ')}")
    return best_of(json.loads(asked.stdout)["cuts"])


def best_of(cuts: list[dict[str, Any]]) -> Costs:
    """The costs by the list that `dermsplit cuts --json` gives."""
    if not cuts:
        return Costs(why="The network has no legal cut.")
    macs = cuts[0]["head_macs"] + cuts[0]["tail_macs"]
    fit = [
        cut
        for cut in cuts
        if len(cut["shape"]) == 3 and cut["head_macs"] > 0 and cut["head_download_bytes"] <= MOST_HEAD_BYTES
    ]
    if not fit:
        return Costs(macs=macs, why="No legal cut behind a convolution has a head of at most 3 MB.")
    best = min(fit, key=lambda cut: (cut["bytes"][WIRE_DATATYPE], cut["head_download_bytes"]))
    found = BestCut(
        layer=best["layer"],
        head_download_bytes=best["head_download_bytes"],
        feature_bytes=best["bytes"][WIRE_DATATYPE],
    )
    return Costs(macs=macs, cut=found)
