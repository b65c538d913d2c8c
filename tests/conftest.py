"""What every test may use: the real images where they are, and a header that names the versions that matter."""

import os
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("DERMSPLIT_DATA", ROOT.parent / "shared" / "data"))
DEFAULT_BUNDLES = ROOT / "server" / "dermsplit_server" / "bundles"

# They need browsers of their own: `make browsers` names them.
collect_ignore = ["browsers"]

STATUS = pytest.StashKey[int]()
"""What the session ended with."""


def pytest_report_header() -> str:
    names = ("tensorflow", "keras", "tensorflowjs", "ai-edge-litert", "fastapi", "numpy", "pillow")
    return ", ".join(f"{name} {version(name)}" for name in names) + f"; real images: {DATA.is_dir()}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Playwright's event loop runs to the end of the session, and no asynchronous test can start one beside it.
    items.sort(key=lambda item: "e2e" in item.path.parts)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    session.config.stash[STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    # TensorFlow leaves native threads that may call into Python while it is taken down, and then the process ends in a
    # segmentation fault after every test has passed. Nothing is left to be done here, so Python is not taken down.
    if "tensorflow" in sys.modules and STATUS in config.stash:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash[STATUS])


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real images (ham10000, pad_ufes_20, not_a_mole). In CI they must be there."""
    if not DATA.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"CI has no real images at {DATA}")
        pytest.skip(f"no real images at {DATA}; set DERMSPLIT_DATA to the folder that holds ham10000/")
    return DATA


@pytest.fixture(scope="session")
def default_bundle() -> Path:
    """The directory of the bundle that ships."""
    found = sorted(path.parent for path in DEFAULT_BUNDLES.glob("*/manifest.json"))
    assert len(found) == 1, f"expected one default bundle in {DEFAULT_BUNDLES}, found {len(found)}"
    return found[0]
