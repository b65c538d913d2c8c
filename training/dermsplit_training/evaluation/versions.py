"""With what a run was made."""

import platform
from importlib.metadata import version


def installed_versions() -> dict[str, str]:
    """Python, the backend of Keras, and the packages that decide what a training gives, each with its version."""
    import keras

    backend = keras.backend.backend()
    packages = ("keras", backend, "numpy", "pillow", "scikit-learn")
    return {"python": platform.python_version(), "backend": backend, **{name: version(name) for name in packages}}
