"""The head as a browser runs it, compared with Keras."""
