"""No server at all: the tail in a loop, told over standard input how many seconds to go on.

Each line in is a number of seconds, or JSON lists of features to be answered once; each line out is JSON. The loop's
answer has ``rate`` in items a second, ``p50`` in milliseconds and ``processor_ms``, the processor's time of an item.
"""

import json
import sys
import time

import numpy as np
from tail import Tail


def main() -> None:
    """Answer lines until there are no more."""
    tail = Tail()
    features = np.zeros((1, *tail.shape), tail.dtype)
    for line in sys.stdin:
        given = json.loads(line)
        if isinstance(given, list):
            asked = [tail.from_numbers(one) for one in given]
            features = asked[0]
            answer: object = [tail(one).tolist() for one in asked]
        else:
            answer = _loop(tail, features, given)
        print(json.dumps(answer), flush=True)


def _loop(tail: Tail, features: np.ndarray, seconds: float) -> dict[str, float]:  # type: ignore[type-arg]
    times = []
    begun, worked = time.perf_counter(), time.process_time()
    while (started := time.perf_counter()) - begun < seconds:
        tail(features)
        times.append(time.perf_counter() - started)
    seconds, worked = time.perf_counter() - begun, time.process_time() - worked
    each = worked / len(times) * 1000
    return {"rate": len(times) / seconds, "p50": float(np.median(times)) * 1000, "processor_ms": each}


main()
