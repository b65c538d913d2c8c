"""`dermsplit bench serve` from beginning to end: environments, questions, then round after round of every contender."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from dermsplit_contract.bundle import NUMPY_DTYPE, TAIL_BIN, TAIL_KERAS, TAIL_XML, Bundle, open_bundle
from dermsplit_contract.errors import BundleInvalid
from dermsplit_convert.bench_serve.bare import Bare, bare_tail
from dermsplit_convert.bench_serve.contenders import Contender
from dermsplit_convert.bench_serve.failure import ContenderFailed
from dermsplit_convert.bench_serve.order import ServeOrder, choose, split_processors
from dermsplit_convert.bench_serve.questions import Answers, Features, read_questions
from dermsplit_convert.bench_serve.report import Report
from dermsplit_convert.bench_serve.rounds import Rounds, Tell


def bench_serve(order: ServeOrder, tell: Tell, keep: Callable[[Report], None] = lambda _: None) -> Report:
    """Measure, round after round, and sum up; ``keep`` is given what there is after each round.

    A contender that fails is listed with its reason, and the rest go on. Raises what ``open_bundle`` raises,
    BundleInvalid for a bundle whose tail OpenVINO cannot run, UsageError for a name in ``only`` that nobody has or
    where no processor is left for the client, and DataInvalid where ``data`` holds fewer images than asked for.
    """
    bundle = open_bundle(order.bundle)
    if TAIL_XML not in bundle.manifest.files:
        raise BundleInvalid(f"The bundle carries no {TAIL_XML}. Make it again with `dermsplit convert`.")
    chosen = choose(order.only)
    servers, client = split_processors(order.cores)
    questions = read_questions(bundle, order.data, order.images)
    known = _known(bundle, order.cores)
    with bare_tail(known["tail"], servers) as bare, _staying_on(client):
        answers = _answers(bare, questions)
        known["tail"] = json.dumps({**json.loads(known["tail"]), "answer": answers.expected[:1].tolist()})
        rounds = Rounds(order, known, servers, questions, answers, tell)
        rounds.install(chosen)
        report = _report(bundle, order, chosen, rounds)
        for number in range(order.rounds):
            rounds.round(number, chosen, bare)
            keep(report)
    return report


def _answers(bare: Bare, questions: list[Features]) -> Answers:
    try:
        return Answers(bare.answer(questions))
    except ContenderFailed as error:
        raise BundleInvalid(
            f"OpenVINO cannot run {TAIL_XML}. Make the bundle again with `dermsplit convert`."
        ) from error


def _report(bundle: Bundle, order: ServeOrder, chosen: list[Contender], rounds: Rounds) -> Report:
    """Of what has been measured and of what will be: the lists are those that the rounds fill."""
    about = {one.name: one for one in chosen}
    weights = bundle.manifest.files[TAIL_BIN].bytes / 1e6
    found = (rounds.visits, rounds.loops, rounds.failed)
    return Report(bundle.manifest, about, *found, weights, order.connections, len(rounds.questions))


@contextmanager
def _staying_on(processors: Sequence[int]) -> Iterator[None]:
    """Keep this process, which is the client, off the servers' processors meanwhile."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, processors)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _known(bundle: Bundle, threads: int) -> dict[str, str]:
    manifest = bundle.manifest
    tail = {
        "xml": str(bundle.path(TAIL_XML).resolve()),
        "keras": str((bundle.directory / TAIL_KERAS).resolve()),
        "name": manifest.name,
        "shape": manifest.features.shape,
        "dtype": np.dtype(NUMPY_DTYPE[manifest.features.datatype]).str,
        "metadata": manifest.metadata.width if manifest.metadata else 0,
        "threads": threads,
    }
    place = str(bundle.directory.resolve())
    return {"bundle": place, "name": manifest.name, "id": manifest.id, "tail": json.dumps(tail)}
