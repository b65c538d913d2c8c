"""Native libraries that greet every person's terminal while they load, whatever their log level."""

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet() -> Iterator[None]:
    """Throw away what is written to stdout and stderr inside, by C++ code too. Errors are raised as ever."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # after loading, TensorFlow heeds this
    sys.stdout.flush()
    sys.stderr.flush()
    # TensorFlow's C++ part writes to the file descriptors themselves: replacing sys.stderr would not stop it.
    kept = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for descriptor, target in zip(kept, (1, 2), strict=True):
            os.dup2(descriptor, target)
            os.close(descriptor)
        os.close(nowhere)
