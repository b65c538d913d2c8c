"""Which files are meant by the paths on a command line."""

from pathlib import Path

from dermsplit_contract.errors import PhotoUnreadable

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"}


def find_photos(paths: list[Path]) -> list[Path]:
    """The files named, and the pictures below the folders named, sorted. Raises PhotoUnreadable for an empty folder."""
    photos: list[Path] = []
    for path in paths:
        if not path.is_dir():
            photos.append(path)
            continue
        below = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
        if not below:
            raise PhotoUnreadable(f"'{path}' holds no pictures ({', '.join(sorted(SUFFIXES))}). Check the path.")
        photos.extend(below)
    return photos
