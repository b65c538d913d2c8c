"""`dermsplit serve --phone`: the address of this computer on the local network, TLS for it, and a QR code to open it.

A browser lends its camera to pages over HTTPS only, and a phone cannot reach a server that listens on loopback.
"""

import io
import socket
from dataclasses import dataclass
from ipaddress import ip_address

from rich.console import Console

from dermsplit_contract.errors import UsageError
from dermsplit_server.cache import user_cache
from dermsplit_server.certificate import Certificate, certificate_for
from dermsplit_server.settings import LOOPBACK, Settings

ELSEWHERE = ("198.51.100.1", 9)
"""An address outside every local network (RFC 5737). Nothing is sent to it: only the way there is looked up."""
QUIET = 2
"""Modules of margin, so that the code stays small in a terminal; half of the standard's, and cameras read it."""


@dataclass(frozen=True)
class Phone:
    """Settings for the local network, and the certificate for their host."""

    settings: Settings
    certificate: Certificate


def for_phone(settings: Settings) -> Phone:
    """The settings with the address that a phone reaches, as host and as the one more name that the server goes by.

    That address is ``host`` where it was set. Raises UsageError where there is no address on a local network, or the
    certificate cannot be kept.
    """
    host = settings.host if "host" in settings.model_fields_set else lan_address()
    if host in (*LOOPBACK, "0.0.0.0", "::"):
        raise UsageError(
            f"A phone cannot ask for {host}. Leave --host out, or give this computer's address on the local network."
        )
    names = [*settings.allowed_hosts, host]
    certificate = certificate_for(host, user_cache("phone"))
    return Phone(settings.model_copy(update={"host": host, "allowed_hosts": names}), certificate)


def lan_address() -> str:
    """This computer's IPv4 address on its local network.

    Raises UsageError where it has none, or a public one, since the server would then be open to the internet.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ELSEWHERE)
            address = str(probe.getsockname()[0])
        except OSError as error:
            raise UsageError(
                "This computer has no address on a local network, so no phone can reach it. Join the Wi-Fi that the "
                "phone is in, or give the address with --host."
            ) from error
    if ip_address(address).is_loopback or not ip_address(address).is_private:
        raise UsageError(
            f"This computer's address {address} is none of a local network. Join the Wi-Fi that the phone is in, or "
            "give the address to listen on with --host."
        )
    return address


def show(console: Console, url: str, certificate: Certificate) -> None:
    """Print the QR code of the address, and what the phone's browser will say to it."""
    import segno

    code = io.StringIO()
    segno.make(url, micro=False).terminal(out=code, border=QUIET, compact=True)
    console.file.write(code.getvalue())
    console.print(
        "Open that address on a phone in the same network. Its browser warns once that the connection is not private, "
        "since this computer signed its own certificate: go on through 'Advanced' or 'Show details', if the SHA-256 "
        f"that it shows is {certificate.fingerprint}.",
        highlight=False,
        soft_wrap=True,
    )
