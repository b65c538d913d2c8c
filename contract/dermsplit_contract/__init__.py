"""What page, server, conversion and training agree on. Imports numpy, Pillow and pydantic only."""
