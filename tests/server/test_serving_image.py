"""What the serving image holds is enough: the default bundle runs on it, without TensorFlow and without a home."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from dermsplit_server.settings import Settings

ROOT = Path(__file__).parents[2]
LOCKED = ROOT / "requirements" / "serve-openvino.txt"

# In a process of its own: every module of a distribution that the lock file does not name is as good as not installed.
PROGRAM = """
import re, sys
from importlib.metadata import packages_distributions
from pathlib import Path

def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()

locked = {plain(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", Path(sys.argv[1]).read_text(), re.M)}
installed = {
    name
    for name, owners in packages_distributions().items()
    if name != "dermsplit" and not name.startswith("dermsplit_") and not locked & {plain(owner) for owner in owners}
}

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in installed:
            raise ModuleNotFoundError(f"{name} is not in {sys.argv[1]}", name=name)

sys.meta_path.insert(0, Missing())
assert "tensorflow" in installed and "openvino" not in installed

from dermsplit_contract.cli import root_command
root_command()
import uvicorn
from dermsplit_server.app import create_app
from dermsplit_server.connection import connection_of
from dermsplit_server.settings import read_settings
from dermsplit_server.shelf import Shelf
settings = read_settings()
shelf = Shelf(settings)
print(shelf.open().default.tail.engine)
uvicorn.Config(create_app(settings, shelf), http=connection_of(settings)).load()
print([name for name in ("tensorflow", "keras") if name in sys.modules], sys.modules["openvino_telemetry"])
"""


def test_the_locked_requirements_are_enough_for_the_default_bundle() -> None:
    bare = {name: value for name, value in os.environ.items() if name not in ("HOME", "PYTHONPATH")}
    # No folder of a user, as in a container: nobody has the number 10001.
    program = PROGRAM.replace("import re, sys", "import pathlib, re, sys\n" + HOMELESS)
    result = subprocess.run(
        [sys.executable, "-c", program, str(LOCKED)], env=bare, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.split("\n")[:2] == ["openvino", "[] None"]


HOMELESS = """
def nowhere():
    raise RuntimeError("Could not determine home directory.")
pathlib.Path.home = nowhere
"""


def test_the_lock_holds_no_tensorflow() -> None:
    names = re.findall(r"^([a-z0-9._-]+)==", LOCKED.read_text(), re.M)
    assert "openvino" in names
    assert not {"tensorflow", "keras", "tensorflowjs", "scikit-learn", "matplotlib"} & set(names)


def copied() -> list[str]:
    lines = re.findall(r"^COPY ((?!--from).+)$", (ROOT / "Dockerfile").read_text(), re.M)
    return [source for line in lines for source in line.split()[:-1]]


@pytest.mark.parametrize("source", copied())
def test_what_the_image_copies_is_there_and_not_ignored(source: str) -> None:
    assert (ROOT / source).exists()
    let_in = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert source.split("/")[0] in let_in


def test_the_image_sets_what_there_is_to_set() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    named = set(re.findall(r"DERMSPLIT_([A-Z_]+)=", dockerfile))
    named |= {key.removeprefix("DERMSPLIT_") for key in compose["services"]["server"]["environment"] if "DERM" in key}
    assert {name.lower() for name in named} <= set(Settings.model_fields)
    assert re.search(r"^USER 10001", dockerfile, re.M)
    assert compose["services"]["server"]["read_only"]
    assert "ports" not in compose["services"]["server"]
    assert compose["networks"]["inside"] == {"internal": True}
