"""What a bundle costs in a browser: its head against the whole network, and a first and a second visit."""
