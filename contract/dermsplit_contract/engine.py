"""OpenVINO as all of dermsplit imports it."""

import sys
from typing import Any


def import_openvino() -> Any:
    """The module, which would tell its makers over the internet that it was imported, and needs a home folder for it.

    Raises ImportError where it is not installed.
    """
    # None is how Python is told that a module is not there; openvino then takes its own stub.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino
