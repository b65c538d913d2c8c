"""`dermsplit serve --phone`: on the local network, over TLS, with a certificate of its own and a QR code."""

import io
import os
import re
import shutil
import ssl
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import segno
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from dermsplit_contract.bundle import Bundle
from dermsplit_contract.errors import UsageError
from dermsplit_server.certificate import LIFE, certificate_for
from dermsplit_server.phone import for_phone, lan_address
from dermsplit_server.settings import read_settings
from tests.process import COMMAND

READY = re.compile(r"dermsplit is ready on (https://\S+) ")
WITHIN_S = 60


@pytest.fixture
def lan() -> str:
    try:
        return lan_address()
    except UsageError as error:
        pytest.skip(error.detail)


def test_a_phone_gets_the_page_over_tls(fast: Bundle, lan: str, tmp_path: Path) -> None:
    output = tmp_path / "output.txt"
    command = [COMMAND, "serve", "--phone", "--port", "0", "--bundles", str(fast.directory)]
    with output.open("wb") as sink:
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONIOENCODING": "utf-8"}
        server = subprocess.Popen(command, stdout=sink, stderr=sink, env=environment)
    try:
        url = _ready(server, output)
        file = tmp_path / "cache" / "dermsplit" / "phone" / f"{lan}.pem"
        trusting = ssl.create_default_context(cafile=file)
        with httpx.Client(base_url=url, verify=trusting) as client:
            assert client.get("/v2/health/ready").json() == {"ready": True}
            assert client.get("/bundles").json()["default"]["id"] == fast.manifest.id
            assert client.get("/bundles", headers={"Host": "evil.example"}).status_code == 421
        with pytest.raises(httpx.ConnectError):
            httpx.get(url.replace(lan, "127.0.0.1"), verify=False)
    finally:
        server.terminate()
        server.wait(20)
    printed = output.read_text(encoding="utf-8")
    assert url.startswith(f"https://{lan}:")
    assert qr_code(url) in printed
    assert certificate_for(lan, file.parent).fingerprint in printed
    assert "Traceback" not in printed


def _ready(server: subprocess.Popen[bytes], output: Path) -> str:
    deadline = time.monotonic() + WITHIN_S
    while not (found := READY.search(output.read_text(encoding="utf-8"))):
        assert server.poll() is None, output.read_text()
        assert time.monotonic() < deadline, output.read_text()
        time.sleep(0.1)
    return found[1]


def qr_code(url: str) -> str:
    out = io.StringIO()
    segno.make(url, micro=False).terminal(out=out, border=2, compact=True)
    return out.getvalue()


@pytest.mark.parametrize("host", ["192.168.7.7", "fd00::7", "mole.local"])
def test_a_certificate_is_made_once_and_is_this_users_alone(tmp_path: Path, host: str) -> None:
    folder = tmp_path / "phone"
    made = certificate_for(host, folder)
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    found = x509.load_pem_x509_certificate(made.file.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name.value) for name in names] == [host]
    assert found.not_valid_after_utc - found.not_valid_before_utc == LIFE
    assert made.fingerprint == found.fingerprint(SHA256()).hex(":").upper()
    assert certificate_for(host, folder) == made


def test_a_certificate_that_is_not_to_be_trusted_is_made_again(tmp_path: Path) -> None:
    made = certificate_for("192.168.7.7", tmp_path)
    made.file.chmod(0o644)
    second = certificate_for("192.168.7.7", tmp_path)
    assert second.fingerprint != made.fingerprint
    second.file.write_bytes(second.file.read_bytes()[:-40])
    second.file.chmod(0o600)
    third = certificate_for("192.168.7.7", tmp_path)
    shutil.copy(third.file, tmp_path / "192.168.7.8.pem")
    assert certificate_for("192.168.7.8", tmp_path).fingerprint != third.fingerprint
    assert certificate_for("192.168.7.7", tmp_path) == third


def test_a_certificate_is_renewed_before_it_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dermsplit_server.certificate.LIFE", timedelta(days=7))
    short = certificate_for("192.168.7.7", tmp_path)
    monkeypatch.undo()
    long = certificate_for("192.168.7.7", tmp_path)
    assert long.fingerprint != short.fingerprint
    found = x509.load_pem_x509_certificate(long.file.read_bytes())
    assert timedelta(days=395) < found.not_valid_after_utc - datetime.now(UTC) <= timedelta(days=396)


def test_a_cache_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="XDG_CACHE_HOME"):
        certificate_for("192.168.7.7", tmp_path / "file" / "phone")


def test_the_host_that_was_set_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    settings = for_phone(read_settings(phone=True, host="10.1.2.3", allowed_hosts="mole.local")).settings
    assert (settings.host, settings.allowed_hosts) == ("10.1.2.3", ["mole.local", "10.1.2.3"])


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost", "::"])
def test_a_host_that_no_phone_can_ask_for_is_refused(host: str) -> None:
    with pytest.raises(UsageError, match=r"A phone cannot ask for .* Leave --host out"):
        for_phone(read_settings(phone=True, host=host))


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="takes the network away, which needs root")
def test_without_a_network_it_says_so() -> None:
    command = ["unshare", "--net", COMMAND, "serve", "--phone"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if "unshare" in result.stderr:
        pytest.skip(result.stderr)
    assert result.returncode == 2
    assert result.stderr.startswith("error: This computer has no address on a local network")
