"""The head under every runtime, top to bottom:

open bundle -> install rivals -> serve -> in each round: open every runtime, judge its answer,
time all in turns -> rows.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dermsplit_contract.bundle import Bundle, open_bundle
from dermsplit_convert.bench_runtimes.contenders import APPS, REFERENCE, Contender, Runtime, all_contenders
from dermsplit_convert.bench_runtimes.install import install_npm, make_onnx
from dermsplit_convert.bench_runtimes.rounds import Seen, Site, run_round
from dermsplit_convert.bench_runtimes.row import Row, Visit, build_row
from dermsplit_convert.bench_serve.failure import ContenderFailed
from dermsplit_convert.browser.chromium import chromium
from dermsplit_convert.browser.site import Beside, find_page, find_worker, serving

ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Without them a page has no memory that threads share."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class RuntimesOrder:
    """What to measure; ``place`` is where packages are kept, ``apps`` the folder of rival.html and the scripts."""

    bundle: Path
    place: Path
    rounds: int = 5
    contenders: Sequence[Contender] = field(default_factory=all_contenders)
    apps: Path = APPS


def bench_runtimes(order: RuntimesOrder, say: Say) -> tuple[Bundle, str, list[Row]]:
    """Measure every contender; gives the bundle, the browser's version and the rows in the contenders' order.

    Raises BundleError, MissingExtra without Chromium or Playwright, UsageError where the page is not built. A rival
    that cannot be installed or does not run is a row with its error.
    """
    bundle, page = open_bundle(order.bundle), find_page()
    script = find_worker(page)
    seen = {contender: Seen() for contender in order.contenders}
    with tempfile.TemporaryDirectory() as scratch:
        _install(bundle, seen, order.place, Path(scratch), say)
        folders = {"apps/": order.apps, "rival.html": order.apps / "rival.html", "npm/": order.place}
        beside = Beside(folders | {"made/": Path(scratch)}, ISOLATED)
        with serving(page, bundle, beside) as address, chromium() as browser:
            version = browser.version
            for turn in range(order.rounds):
                say(f"round {turn + 1} of {order.rounds}")
                run_round(Site(browser, address, script, bundle, beside), seen, turn)
        reference = seen[REFERENCE].visits if REFERENCE in seen else {}
        return bundle, version, [_row(contender, one, reference) for contender, one in seen.items()]


def _install(bundle: Bundle, seen: Mapping[Contender, Seen], place: Path, scratch: Path, say: Say) -> None:
    errors: dict[Runtime, str] = {}
    for rival in dict.fromkeys(contender.runtime for contender in seen):
        if rival is None:
            continue
        say(f"installing {rival.name}")
        try:
            install_npm(place / rival.folder, rival.package)
            if rival.model.startswith("made/"):
                make_onnx(bundle, scratch / rival.model.removeprefix("made/"), place)
        except ContenderFailed as error:
            errors[rival] = str(error)
    for contender, one in seen.items():
        if contender.runtime in errors:
            one.error = errors[contender.runtime]


def _row(contender: Contender, one: Seen, reference: Mapping[int, Visit]) -> Row:
    if one.error is not None or one.answer is None:
        return Row(contender, one.error or "not asked")
    return build_row(contender, one.answer, one.visits, reference, one.fetched)
