"""From a trained run to a bundle: where a network may be cut, the cut itself, and the proof that the answer stays."""
