"""Serving side by side: real processes of the two contenders that need no environment, the rest by made-up figures."""

import csv
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from dermsplit_contract.bundle import GOLDEN_FEATURES, GOLDEN_PROBABILITIES, Bundle, seal_bundle
from dermsplit_contract.errors import BundleInvalid, BundleMissing, UsageError
from dermsplit_contract.manifest import Manifest
from dermsplit_convert.bench_serve.bare import Loop
from dermsplit_convert.bench_serve.contenders import CONTENDERS, NAIVE, NOTHING, OURS, Form
from dermsplit_convert.bench_serve.document import markdown, write_report
from dermsplit_convert.bench_serve.environments import MADE, environment
from dermsplit_convert.bench_serve.failure import ContenderFailed, last_line
from dermsplit_convert.bench_serve.load import Sample
from dermsplit_convert.bench_serve.measured import Load, Overload, Visit
from dermsplit_convert.bench_serve.order import ServeOrder, choose
from dermsplit_convert.bench_serve.questions import Answers, in_form, read_probabilities
from dermsplit_convert.bench_serve.report import Report
from dermsplit_convert.bench_serve.serve import bench_serve
from dermsplit_convert.bench_serve.stages import Stages
from dermsplit_convert.bench_serve.verdicts import verdicts
from dermsplit_convert.cli import commands
from tests.fuzz.bundles import SHAPE, answer, build


@pytest.fixture(scope="module")
def fast_bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return build(tmp_path_factory.mktemp("served") / "uint8", "whole", "UINT8")


@pytest.fixture(scope="module")
def measured(fast_bundle: Bundle) -> Report:
    order = ServeOrder(fast_bundle.directory, only=("DermSplit", NOTHING), rounds=2, seconds=0.3, connections=(1, 4))
    return bench_serve(order, lambda _: None)


def test_real_servers_answer_right_under_load(measured: Report) -> None:
    assert measured.failed == {}
    assert [(visit.contender, visit.round) for visit in measured.visits] == [
        (OURS, 0),
        (NOTHING, 0),
        (OURS, 1),
        (NOTHING, 1),
    ]
    assert len(measured.loops) == 2
    for visit in measured.visits:
        assert [load.connections for load in visit.loads] == [1, 4]
        assert all(load.errors == 0 and load.rate > 1 for load in visit.loads)
        assert all(0 < load.p50 <= load.p95 <= load.p99 for load in visit.loads)
        assert 10 < visit.proportional_mb <= visit.resident_mb
    ours = measured.visits[0]
    assert ours.overload is not None
    assert ours.overload.offered == pytest.approx(5 * ours.peak)
    assert ours.overload.errors == 0
    stages = ours.load(1).stages
    assert stages is not None
    assert 0 < stages.tail < stages.whole < ours.load(1).mean
    assert measured.visits[1].load(1).stages is None


def test_the_files_say_what_was_measured(measured: Report, tmp_path: Path) -> None:
    write_report(measured, tmp_path)
    found = json.loads((tmp_path / "serve.json").read_text())
    assert found == json.loads(json.dumps(measured.as_json()))
    with (tmp_path / "serve.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8
    assert float(rows[0]["requests_a_second"]) == measured.visits[0].loads[0].rate
    text = (tmp_path / "serve.md").read_text()
    assert all(verdict.line() in text for verdict in verdicts(measured))
    assert "## Our server by stage" in text
    with Image.open(tmp_path / "serve.png") as plot:
        assert plot.size == (960, 600)


def test_each_form_holds_the_same_features() -> None:
    features = np.arange(48, dtype=np.uint8).reshape(1, *SHAPE)
    forms: tuple[Form, ...] = ("bytes", "JSON", "protocol, JSON", "protocol, binary")
    bodies = {form: in_form(features, form) for form in forms}
    assert bodies["bytes"][0] == features.tobytes()
    assert json.loads(bodies["JSON"][0])["features"] == features.tolist()
    assert json.loads(bodies["protocol, JSON"][0])["inputs"][0]["data"] == list(range(48))
    assert bodies["protocol, binary"][0].endswith(features.tobytes())


@pytest.mark.parametrize(
    "body",
    [
        b'{"outputs": [{"name": "labels", "data": ["a"]}, {"name": "probabilities", "data": [0.25, 0.75]}]}',
        b'{"probabilities": [[0.25, 0.75]]}',
        b"[[0.25, 0.75]]",
    ],
)
def test_every_contenders_reply_is_read(body: bytes) -> None:
    found = read_probabilities(body)
    assert found is not None
    assert found.tolist() == [0.25, 0.75]


def test_wrong_replies_are_counted() -> None:
    answers = Answers(np.array([[0.25, 0.75], [0.5, 0.5]], np.float32))
    right, other, broken = b"[[0.25, 0.75]]", b"[[0.2503, 0.7497]]", b"no JSON"
    assert answers.wrong([(0, right), (0, right), (1, b"[0.50001, 0.49999]")]) == 0
    assert answers.wrong([(0, right), (1, right), (0, other), (0, broken), (0, b"[1]"), (0, b"{}")]) == 5


def test_an_environment_is_made_once_and_a_failure_is_a_line(tmp_path: Path) -> None:
    assert environment(tmp_path, "ours", (), 1) == Path(sys.executable)
    with pytest.raises(ContenderFailed, match="not installed") as caught:
        environment(tmp_path, "A B", ("no!requirement",), 60)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "a-b" / MADE).exists()
    printed = "Traceback\nsome.ModuleNotFoundError: No module named 'x'\nserver closed\n"
    assert last_line(printed) == "some.ModuleNotFoundError: No module named 'x'"
    assert (last_line("one\n two \n\n"), last_line("")) == ("two", "it printed nothing")


def test_contenders_are_chosen_by_name(tmp_path: Path) -> None:
    assert choose(()) == list(CONTENDERS)
    assert [one.name for one in choose(("bentoml", "LITSERVE"))] == ["LitServe", "BentoML"]
    with pytest.raises(UsageError, match=r"There is no contender 'gunicorn'\. Those there are: dermsplit,"):
        choose(("gunicorn",))
    assert len({one.name for one in CONTENDERS}) == len(CONTENDERS)
    missing = CliRunner().invoke(commands, ["bench", "serve", str(tmp_path)])
    assert isinstance(missing.exception, BundleMissing)


def test_a_bundle_without_a_fast_tail_is_refused(fast_bundle: Bundle, tmp_path: Path) -> None:
    (tmp_path / "golden").mkdir()
    for name in (GOLDEN_FEATURES, GOLDEN_PROBABILITIES):
        shutil.copy(fast_bundle.path(name), tmp_path / name)
    seal_bundle(tmp_path, fast_bundle.manifest.model_dump(mode="json", exclude={"id", "files"}), {"golden/"})
    with pytest.raises(BundleInvalid, match=r"carries no tail\.xml"):
        bench_serve(ServeOrder(tmp_path), lambda _: None)


def _visit(name: str, number: int, rate: float, p50: float, goodput: float | None = None) -> Visit:
    load = Load(1, rate, p50, p50, p50 * 2, p50 * 3, 0, 0.05, 2.5, Stages(p50, 0.1, 2.0))
    overload = None if goodput is None else Overload(rate * 5, goodput, rate, 0, 0, 30.0)
    return Visit(name, number, 1.5, 160, 140, 708, (load,), overload)


def _report(manifest: Manifest, visits: list[Visit], failed: dict[str, str]) -> Report:
    about = {one.name: one for one in CONTENDERS}
    return Report(manifest, about, visits, [Loop(400, 2.5, 2.0), Loop(200, 5.0, 2.0)], failed, 20.0, (1,), 3)


def test_aims_are_judged_by_the_median_of_ratios_within_rounds(fast_bundle: Bundle) -> None:
    visits = [
        _visit(OURS, 0, 340, 3.0, 330),
        _visit(NAIVE, 0, 5, 150),
        _visit("LitServe", 0, 200, 6.0),
        # Everything is half as fast in the second round, and no ratio changes.
        _visit(OURS, 1, 170, 6.0, 165),
        _visit(NAIVE, 1, 2.5, 300),
        _visit("LitServe", 1, 400, 3.0),
    ]
    report = _report(fast_bundle.manifest, visits, {"Ray Serve": "not ready in time"})
    lines = [verdict.line() for verdict in verdicts(report)]
    assert lines == [
        "met: p50 over HTTP less p50 of the bare tail, at most 0.8 ms: 0.75 ms (0.50 to 1.00)",
        "met: requests a second over those of the bare tail's loop, at least 0.80: 0.85 (0.85 to 0.85)",
        "met: processor time of the bare tail over that of an answer, at least 0.80: 0.80 (0.80 to 0.80)",
        "met: p50 of Keras predict in FastAPI over ours, at least 5: 50.0",
        "NOT MET: p50 of LitServe over ours, above 1: 0.80 at 1",
        "met: right answers a second at five times the peak over the peak, at least 0.9: 0.97 (0.97 to 0.97)",
        "met: start to first right answer, at most 2 s: 1.50 s (1.50 to 1.50)",
        "met: resident memory, at most the weights and 150 MB, here 170 MB: 160 MB",
    ]
    text = markdown(report)
    assert "- Ray Serve: not ready in time" in text
    assert "| LitServe | 300 (200–400) | 1.06 | 4.50 |" in text
    assert verdicts(_report(fast_bundle.manifest, [], {})) == []


def test_a_load_without_an_answer_has_no_latency() -> None:
    load = Load.of(Sample(seconds=2.0, errors=3, refused=1), 0, 8, 0.5, None)
    assert (load.rate, load.errors) == (0, 4)
    assert np.isnan([load.p50, load.processor_ms]).all()


def test_the_scripts_tail_answers_as_numpy_does(fast_bundle: Bundle, measured: Report) -> None:
    golden = fast_bundle.golden_features()
    np.testing.assert_allclose(fast_bundle.golden_probabilities(), answer(golden), atol=1e-6)
    assert measured.questions == 1
