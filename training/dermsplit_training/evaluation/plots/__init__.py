"""The pictures of a run, one kind a file, each drawn to a PNG."""
