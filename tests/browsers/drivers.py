"""Firefox and WebKitGTK by the commands of WebDriver (W3C), each in the way that needs no more software.

WebKitGTK's driver takes them over HTTP. Firefox takes them by Marionette, a socket on which every message is its
length, a colon and JSON. What a page writes to its console, Firefox writes to its output; WebKitGTK does not.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.process import free_port

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""What WebDriver calls a reference to an element."""
START_WITHIN_S = 60
ANSWER_WITHIN_S = 60

# Names of the commands in Marionette, their HTTP method and path in WebDriver.
COMMANDS = {
    "WebDriver:NewSession": ("POST", ""),
    "WebDriver:Navigate": ("POST", "/url"),
    "WebDriver:FindElement": ("POST", "/element"),
    "WebDriver:ElementClick": ("POST", "/element/{id}/click"),
    "WebDriver:ElementSendKeys": ("POST", "/element/{id}/value"),
    "WebDriver:ExecuteAsyncScript": ("POST", "/execute/async"),
}

FIREFOX_PREFERENCES = {
    "browser.dom.window.dump.enabled": True,
    "devtools.console.stdout.content": True,
    # A camera without a question, or the question would hold up the page.
    "media.navigator.permission.disabled": True,
    "media.navigator.streams.fake": True,
}
# WebKitGTK writes nothing of a console under automation, so the page itself is listened to once it is loaded.
LISTEN = """const heard = (window.heard = []);
    for (const name of ["error", "unhandledrejection", "securitypolicyviolation"])
      addEventListener(name, (it) => heard.push(`${name}: ${it.message ?? it.reason ?? it.blockedURI}`), true);
    const said = console.error;
    console.error = (...words) => { heard.push(`console: ${words.join(" ")}`); said(...words); };"""


class Refused(Exception):
    """The browser answered a command with an error."""


class Browser:
    """One window. Elements are named by their ``data-testid``, as in tests/e2e."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self.heard: list[str] = []

    def send(self, command: str, **parameters: object) -> Any:
        """What the browser answers to a command of COMMANDS. Raises Refused."""
        raise NotImplementedError

    def open(self, url: str) -> None:
        self._hear()
        self.send("WebDriver:Navigate", url=url)
        self._listen()

    def reload(self) -> None:
        """As a person does: Firefox's own command for it passes the service worker by."""
        self._hear()
        self.run("document.body.dataset.before = ''; setTimeout(() => location.reload())")
        self.find("body:not([data-before])")
        self._listen()

    def run(self, script: str, *arguments: object) -> Any:
        """The value of the body of an async function in the page."""
        asynchronous = f"""const done = arguments[arguments.length - 1];
            (async function () {{ {script} }}).apply(null, arguments).then(
              (value) => done({{ value }}), (error) => done({{ error: String(error) }}));"""
        found = self.send("WebDriver:ExecuteAsyncScript", script=asynchronous, args=list(arguments))
        if "error" in found:
            raise Refused(found["error"])
        return found.get("value")

    def find(self, css: str) -> str:
        """Reference of the first element that a selector finds, once there is one."""
        deadline = time.monotonic() + ANSWER_WITHIN_S
        while True:
            try:
                found: str = self.send("WebDriver:FindElement", using="css selector", value=css)[ELEMENT]
                return found
            except Refused as refused:
                if time.monotonic() > deadline:
                    screen = self.run("return document.body.innerText")
                    raise AssertionError(f"expected {css} within {ANSWER_WITHIN_S} s, found: {screen}") from refused
            time.sleep(0.1)

    def click(self, test_id: str) -> None:
        self._on(f"[data-testid={test_id}]:not(:disabled)", "WebDriver:ElementClick")

    def choose_file(self, path: Path) -> None:
        self._on("[data-testid=file-input]", "WebDriver:ElementSendKeys", text=str(path), value=list(str(path)))

    def _on(self, css: str, command: str, **parameters: object) -> None:
        """Send a command of an element, anew where the page drew itself again between finding it and that."""
        for last in (False, False, True):
            try:
                self.send(command, id=self.find(css), **parameters)
                return
            except Refused as refused:
                if last or "stale element" not in str(refused):
                    raise

    def expect_screen(self, screen: str) -> None:
        self.find(f"body[data-screen={screen}]")

    def read(self, css: str, attribute: str) -> str:
        self.find(css)
        value = self.run("return document.querySelector(arguments[0]).getAttribute(arguments[1])", css, attribute)
        assert value is not None, f"{css} has no {attribute}"
        return str(value)

    def errors(self, url: str) -> list[str]:
        """What pages said of errors, and lines of the browser's output about errors in what came from ``url``."""
        self._hear()
        lines = self.output.read_text(errors="replace").splitlines()
        return self.heard + [line for line in lines if "error" in line.lower() and url in line]

    def _listen(self) -> None:
        self.run(LISTEN)

    def _hear(self) -> None:
        self.heard += self.run("return window.heard ?? []")


class Firefox(Browser):
    def __init__(self, output: Path, port: int) -> None:
        super().__init__(output)
        self.socket = _connected(port)
        self.file = self.socket.makefile("rb")
        self.asked = 0
        self._receive()
        self.send("WebDriver:NewSession", pageLoadStrategy="normal")

    def send(self, command: str, **parameters: object) -> Any:
        self.asked += 1
        message = json.dumps([0, self.asked, command, parameters]).encode()
        self.socket.sendall(b"%d:%s" % (len(message), message))
        _, number, error, result = self._receive()
        assert number == self.asked
        if error is not None:
            raise Refused(f"{command}: {error['error']}: {error['message']}")
        return result["value"] if isinstance(result, dict) and set(result) == {"value"} else result

    def _receive(self) -> Any:
        length = b""
        while (character := self.file.read(1)) != b":":
            if character == b"":
                raise Refused(f"Firefox is gone: {self.output.read_text(errors='replace')[-2000:]}")
            length += character
        return json.loads(self.file.read(int(length)))


class WebKit(Browser):
    def __init__(self, output: Path, port: int) -> None:
        super().__init__(output)
        _connected(port).close()
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}/session", timeout=5 * ANSWER_WITHIN_S)
        options = {"binary": str(minibrowser()), "args": ["--automation"]}
        self.session = ""
        capabilities = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        self.session = "/" + self.send("WebDriver:NewSession", capabilities=capabilities)["sessionId"]

    def send(self, command: str, **parameters: object) -> Any:
        method, path = COMMANDS[command]
        reply = self.client.request(
            method, self.session + path.format(**parameters), json=parameters if method == "POST" else None
        )
        value = reply.json()["value"]
        if reply.status_code != 200:
            raise Refused(f"{command}: {value['error']}: {value['message']}")
        return value


def minibrowser() -> Path | None:
    """WebKitGTK's own small browser, which Debian keeps out of PATH."""
    return next(iter(sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))), None)


@contextmanager
def launched(engine: str, place: Path, **environment: str) -> Iterator[Browser]:
    """Start ``firefox`` or ``webkit`` with a fresh profile in ``place``. Skips where it is not installed."""
    port, output = free_port(), place / "output.txt"
    if engine == "firefox":
        program = shutil.which("firefox-esr") or shutil.which("firefox")
        (place / "profile").mkdir()
        preferences = {**FIREFOX_PREFERENCES, "marionette.port": port}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()]
        (place / "profile" / "user.js").write_text("\n".join(lines))
        command = [str(program), "--headless", "--no-remote", "--marionette", "--profile", str(place / "profile")]
    else:
        program = shutil.which("WebKitWebDriver") and minibrowser() and shutil.which("WebKitWebDriver")
        command = [str(program), f"--port={port}"]
    if program is None:
        pytest.skip(f"no {engine}: `make browsers` as root installs Debian's")
    with output.open("wb") as sink:
        handle = subprocess.Popen(
            command,
            stdout=sink,
            stderr=sink,
            env={**os.environ, "HOME": str(place), **environment},
            start_new_session=True,
        )
    try:
        browser = (Firefox if engine == "firefox" else WebKit)(output, port)
        yield browser
    finally:
        # The driver of WebKit leaves its browser behind.
        os.killpg(handle.pid, signal.SIGTERM)
        handle.wait(timeout=30)


def _connected(port: int) -> socket.socket:
    deadline = time.monotonic() + START_WITHIN_S
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.2)
