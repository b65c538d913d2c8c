"""The server that runs the tail, and the commands `dermsplit serve` and `dermsplit predict`."""
