"""`dermsplit predict`: the head here, the tail on a server, as the page does it."""
