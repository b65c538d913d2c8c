"""The parts of `dermsplit bench browser` that need no browser: the uncut network, the slow line, the tables."""

import csv
import os
import threading
import time
import urllib.request
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from dermsplit_contract.bundle import Bundle
from dermsplit_convert.bench_browser.heads import BackendTimes
from dermsplit_convert.bench_browser.report import heads_table, visits_table, write_csv
from dermsplit_convert.bench_browser.slow_line import BYTES_A_SECOND, slow_line
from dermsplit_convert.bench_browser.visits import Visit
from dermsplit_convert.bench_browser.whole import macs_of, uncut

TIMES = [BackendTimes("wasm", None, 30.0, 60.0, (0.5, 0.6, 0.4)), BackendTimes("webgpu", "not here")]
VISITS = [Visit("cold", 50, 170, 1000, 7.5), Visit("warm", 0, 0, 1, 1.5)]


def shown(table: object) -> str:
    console = Console(width=200, record=True, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    console.print(table)
    return console.export_text()


def test_a_ratio_is_held_against_the_heads_share_of_the_work(tiny_converted: Bundle) -> None:
    assert TIMES[0].ratio == 0.5
    near = shown(heads_table(tiny_converted.manifest, TIMES, 0.45))
    assert "0.40 to 0.60" in near
    assert "not met" not in near
    assert "not met" in shown(heads_table(tiny_converted.manifest, TIMES, 0.3))
    assert "not run: not here" in shown(heads_table(tiny_converted.manifest, TIMES, 0.3))


def test_visits_are_told_in_bytes_and_seconds(tmp_path: Path) -> None:
    text = shown(visits_table(VISITS))
    assert "1,220" in text
    assert "7.5" in text
    write_csv(TIMES, VISITS, tmp_path)
    with (tmp_path / "browser.csv").open() as file:
        rows = list(csv.reader(file))
    assert ["ratio", "wasm", "1", "0.6", ""] in rows
    assert ["fetched", "cold", "0", "1220", "bytes"] in rows
    assert ["answer", "warm", "0", "1.5", "s"] in rows


def test_the_slow_line_is_as_slow_as_it_says(tmp_path: Path) -> None:
    content = np.random.default_rng(1).bytes(100_000)
    (tmp_path / "file.bin").write_bytes(content)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with slow_line(server.server_port) as port:
            started = time.monotonic()
            found = urllib.request.urlopen(f"http://127.0.0.1:{port}/file.bin").read()
            seconds = time.monotonic() - started
        server.shutdown()
    assert found == content
    assert seconds >= 0.3 + len(content) / BYTES_A_SECOND - 0.05


def test_the_uncut_network_ends_at_its_pooling() -> None:
    import keras

    picture = keras.Input((8, 8, 3))
    features = keras.layers.Conv2D(4, 3, padding="same")(picture)
    gate = keras.layers.GlobalMaxPooling2D()(features)
    pooled = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(5, 3, padding="same")(features))
    told = keras.Input((2,), name="metadata")
    logits = keras.layers.Dense(2)(keras.layers.Concatenate()([pooled, gate, told]))
    found = uncut(keras.Model([picture, told], logits))
    assert found.output_shape == (None, 5)
    assert macs_of(found) == 64 * (27 * 4 + 36 * 5)


def test_without_a_built_page_the_command_says_so(tmp_path: Path) -> None:
    from dermsplit_contract.errors import BundleError, UsageError
    from dermsplit_convert.bench_browser.commands import browser

    with pytest.raises((BundleError, UsageError)):
        browser(tmp_path, ["wasm"], 1, tmp_path)
