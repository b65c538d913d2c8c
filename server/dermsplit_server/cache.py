"""Where dermsplit keeps what it can make or fetch again."""

import os
import sys
from pathlib import Path


def user_cache(kind: str) -> Path:
    """The folder for one kind of thing: in the user's cache by the custom of the system, XDG_CACHE_HOME before it."""
    home = Path.home()
    system = {"darwin": home / "Library" / "Caches", "win32": home / "AppData" / "Local"}
    base = os.environ.get("XDG_CACHE_HOME") or system.get(sys.platform, home / ".cache")
    return Path(base) / "dermsplit" / kind
