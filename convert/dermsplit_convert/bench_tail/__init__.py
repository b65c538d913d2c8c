"""The tail in fewer bits: what bfloat16 and 8-bit forms of it cost in decisions and gain in time."""
