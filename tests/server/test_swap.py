"""A real server whose bundles change under load, by looking now and then and on SIGHUP: nobody sees an error."""

import os
import pty
import shutil
import signal
import sys
import time
from pathlib import Path

import httpx
import pytest

from dermsplit_contract.bundle import MANIFEST_FILE, TAIL_XML, Bundle
from tests.process import COMMAND, Process, free_port

from .conftest import Serving
from .versions import asking, swap, version, wait_for

SWAPS = 12


def test_swaps_under_load_cost_no_request(serving: Serving, fast: Bundle, tmp_path: Path) -> None:
    folder, port = tmp_path / "bundles", free_port()
    version(fast, folder / "served", 0)
    command = [COMMAND, "serve", "--bundles", str(folder), "--port", str(port)]
    with serving(*command, port=port, DERMSPLIT_LOOK_EVERY="0.1") as server, asking(server.url, fast) as clients:
        for number in range(1, SWAPS + 1):
            swap(server.url, folder, version(fast, tmp_path / f"v{number}", number))
        copied_slowly(version(fast, tmp_path / "late", 99), folder / "late")
        wait_for(server.url, version(fast, tmp_path / "late-again", 99).manifest.id)
        broken(server, folder, fast)
        metrics = httpx.get(f"{server.url}/metrics").text
    assert clients.wrong == {}
    assert min(clients.statuses.values()) > SWAPS
    assert len(clients.statuses) == 3
    assert "dermsplit_bundles_refused 1.0" in metrics.splitlines()
    assert "Traceback" not in server.printed()


def copied_slowly(bundle: Bundle, place: Path) -> None:
    place.mkdir()
    for name in [MANIFEST_FILE, *bundle.manifest.files]:
        (place / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(bundle.path(name) if name != MANIFEST_FILE else bundle.directory / name, place / name)
        time.sleep(0.08)


def broken(server: Process, folder: Path, fast: Bundle) -> None:
    """One more version, cut short: refused by name in the log and in the health detail."""
    made = version(fast, folder / ".hidden", 100)
    xml = made.directory / TAIL_XML
    xml.write_bytes(xml.read_bytes()[:-1])
    made.directory.rename(folder / "damaged")
    deadline = time.monotonic() + 20
    while not (detail := httpx.get(f"{server.url}/v2/health/detail").json())["refused"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert detail["refused"] == [
        {"folder": "damaged", "code": "bundle_corrupt", "title": "The bundle is corrupt"},
    ]
    assert detail["ready"]
    assert made.manifest.id not in [held["id"] for held in detail["bundles"]]
    assert "bundle damaged refused: Expected" in server.printed()


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no SIGHUP")
def test_a_hangup_signal_looks_at_once(serving: Serving, fast: Bundle, tmp_path: Path) -> None:
    folder, port = tmp_path / "bundles", free_port()
    old = version(fast, folder / "one", 1)
    command = [COMMAND, "serve", "--bundles", str(folder), "--port", str(port)]
    with serving(*command, port=port, DERMSPLIT_LOOK_EVERY="0", DERMSPLIT_GRACE="0.5") as server:
        new = version(fast, folder / "two", 2)
        shutil.rmtree(old.directory)
        time.sleep(0.5)
        assert httpx.get(f"{server.url}/bundles").json()["default"]["id"] == old.manifest.id
        gone = httpx.get(f"{server.url}/bundles/{old.manifest.id}/CARD.md")
        assert (gone.status_code, gone.json()["code"]) == (404, "unknown_file")
        server.handle.send_signal(signal.SIGHUP)
        wait_for(server.url, new.manifest.id)
        deadline = time.monotonic() + 10
        while len(httpx.get(f"{server.url}/bundles").json()["bundles"]) > 1:
            assert time.monotonic() < deadline, "the old bundle did not leave after its grace time"
            time.sleep(0.05)


@pytest.mark.skipif(sys.platform != "linux", reason="terminals differ")
def test_a_server_stops_with_its_terminal(fast: Bundle) -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(COMMAND, [COMMAND, "serve", "--bundles", str(fast.directory), "--port", "0"])
    printed = b""
    while b"dermsplit is ready" not in printed:
        printed += os.read(terminal, 4096)
    os.kill(pid, signal.SIGHUP)
    time.sleep(0.3)
    assert os.waitpid(pid, os.WNOHANG) == (0, 0), "it stopped though its terminal is there"
    os.close(terminal)
    deadline = time.monotonic() + 20
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            pytest.fail("it went on without its terminal")
        time.sleep(0.05)
