"""Keras, started quietly by the commands that need it."""

import logging


def start_keras() -> None:
    """Import Keras with whatever backend is set, without the notices that native libraries write meanwhile."""
    from dermsplit_contract.quiet import quiet

    with quiet():
        import keras  # noqa: F401
    # It takes the next network's functions for the last one's, traced anew, and warns of each.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
