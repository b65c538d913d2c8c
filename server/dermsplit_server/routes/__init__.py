"""What is answered at which address, one module a kind of question."""
