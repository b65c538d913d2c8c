"""A certificate for one address of this computer, signed by itself: made once, kept for this user alone."""

import os
import stat
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dermsplit_contract.errors import UsageError

LIFE = timedelta(days=397)
"""Browsers refuse certificates that hold for longer than 398 days."""
RENEWED_BEFORE = timedelta(days=7)


@dataclass(frozen=True)
class Certificate:
    """``file`` holds the private key and the certificate, PEM; ``fingerprint`` is its SHA-256, as browsers show it."""

    file: Path
    fingerprint: str


def certificate_for(host: str, folder: Path) -> Certificate:
    """The certificate kept in ``folder`` for an address or a name, or a new one (ECDSA on P-256, RFC 5280).

    A kept one is taken while it holds for a week more and nobody else may read its key. Raises UsageError where the
    folder cannot be written.
    """
    file = folder / f"{host.replace(':', '-')}.pem"
    kept = _kept(file, host)
    if kept is None:
        key = ec.generate_private_key(ec.SECP256R1())
        kept = _signed(key, host)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _write(file, private + kept.public_bytes(Encoding.PEM))
    return Certificate(file, kept.fingerprint(hashes.SHA256()).hex(":").upper())


def _kept(file: Path, host: str) -> x509.Certificate | None:
    try:
        if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
            return None
        found = x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError):
        return None
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    holds = found.not_valid_after_utc - datetime.now(UTC) > RENEWED_BEFORE
    return found if holds and list(names) == [_general_name(host)] else None


def _signed(key: ec.EllipticCurvePrivateKey, host: str) -> x509.Certificate:
    now, name = datetime.now(UTC), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dermsplit on this network")])
    public = key.public_key()
    return (
        x509.CertificateBuilder(name, name, public, x509.random_serial_number())
        # A phone's clock may be behind.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFE - timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([_general_name(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write(file: Path, content: bytes) -> None:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Its mode is 0600 from the start.
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as made:
            made.write(content)
        Path(made.name).replace(file)
    except OSError as error:
        raise UsageError(
            f"The certificate cannot be kept in '{file.parent}' ({error.strerror}). Let XDG_CACHE_HOME name a folder "
            "that may be written."
        ) from error
