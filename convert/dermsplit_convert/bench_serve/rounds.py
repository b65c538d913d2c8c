"""Round after round of every contender, each alone: interleaved, so that what else the machine does hits all alike."""

from collections.abc import Callable, Sequence
from pathlib import Path

from dermsplit_convert.bench_serve.bare import Bare, Loop
from dermsplit_convert.bench_serve.contenders import NOTHING, OURS, Contender
from dermsplit_convert.bench_serve.environments import environment
from dermsplit_convert.bench_serve.failure import ContenderFailed
from dermsplit_convert.bench_serve.load import closed_loop, open_loop, request_bytes
from dermsplit_convert.bench_serve.measured import Load, Overload, Visit
from dermsplit_convert.bench_serve.order import ServeOrder
from dermsplit_convert.bench_serve.process import Running, running
from dermsplit_convert.bench_serve.questions import Answers, Features, in_form
from dermsplit_convert.bench_serve.stages import between, read_counts

OVERLOAD = 5
"""Times the peak that the overload offers."""
OVERLOAD_CONNECTIONS = 512
WARM_UP_S = 0.5

Tell = Callable[[str], None]


class Rounds:
    """Every contender visited in turn; what was measured so far stands in ``visits`` and ``loops``."""

    def __init__(
        self,
        order: ServeOrder,
        known: dict[str, str],
        servers: list[int],
        questions: list[Features],
        answers: Answers,
        tell: Tell,
    ) -> None:
        self.order, self.known, self.servers = order, known, servers
        self.questions, self.answers, self.tell = questions, answers, tell
        self.pythons: dict[str, Path] = {}
        self.visits: list[Visit] = []
        self.loops: list[Loop] = []
        self.failed: dict[str, str] = {}

    def install(self, chosen: Sequence[Contender]) -> None:
        """Find or make every environment."""
        for one in chosen:
            self.tell(f"environment of {one.name}")
            try:
                place, seconds = self.order.environments, self.order.install_seconds
                self.pythons[one.name] = environment(place, one.name, one.packages, seconds)
            except ContenderFailed as failure:
                self.failed[one.name] = str(failure)

    def round(self, number: int, chosen: Sequence[Contender], bare: Bare) -> None:
        """The bare tail, and then each contender that has not failed: started, measured and stopped."""
        self.tell(f"round {number + 1} of {self.order.rounds}: the bare tail")
        self.loops.append(bare.loop(self.order.seconds))
        for one in chosen:
            if one.name in self.failed:
                continue
            self.tell(f"round {number + 1} of {self.order.rounds}: {one.name}")
            try:
                self.visits.append(self._visit(one, number))
            # A server that dies under load refuses the next connection.
            except (ContenderFailed, OSError) as failure:
                self.failed[one.name] = str(failure)
                self.tell(f"{one.name}: {failure}")

    def _visit(self, one: Contender, number: int) -> Visit:
        bodies = [in_form(features, one.form) for features in self.questions]
        python, patience = self.pythons[one.name], self.order.start_seconds

        def is_right(body: bytes) -> bool:
            return not self.answers.wrong([(0, body)])

        with running(one, python, self.known, self.servers, bodies[0], is_right, patience) as server:
            requests = [request_bytes(server.port, server.path, *body) for body in bodies]
            if one.name == NOTHING:
                # Its answer is the same whatever it is asked.
                requests = requests[:1]
            loads = tuple(self._load(server, requests, connections) for connections in self.order.connections)
            memory = server.megabytes()
            overload = None
            if one.name == OURS:
                overload = self._overload(server, requests, max(load.rate for load in loads))
        return Visit(one.name, number, server.ready_s, *memory, len(bodies[0][0]), loads, overload)

    def _load(self, server: Running, requests: list[bytes], connections: int) -> Load:
        closed_loop(server.port, requests, connections, WARM_UP_S)
        before, idle = read_counts(server.port), server.worked()
        sample = closed_loop(server.port, requests, connections, self.order.seconds)
        worked = server.worked() - idle
        stages = between(before, read_counts(server.port))
        return Load.of(sample, self.answers.wrong(sample.replies), connections, worked, stages)

    def _overload(self, server: Running, requests: list[bytes], peak: float) -> Overload:
        rate = OVERLOAD * peak
        sample = open_loop(server.port, requests, rate, OVERLOAD_CONNECTIONS, self.order.seconds)
        return Overload.of(sample, self.answers.wrong(sample.replies), rate)
