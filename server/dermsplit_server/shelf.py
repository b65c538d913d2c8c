"""The folder of bundles, looked at again and again: what is new is checked beside what is served, and then swapped in.

A look never touches what it has no better for: a broken bundle is refused by name while the one before it goes on, and
one whose folder is gone is answered for a while yet, for the pages that still run its head.
"""

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from dermsplit_contract.bundle import MANIFEST_FILE, Bundle, open_bundle
from dermsplit_contract.errors import BundleCorrupt, BundleError, BundleInvalid, BundleMissing
from dermsplit_server.engines import Tail, load_tail
from dermsplit_server.registry import Registry, Served
from dermsplit_server.settings import Settings

log = logging.getLogger("dermsplit.shelf")

MOST_RETIRED = 8
"""Bundles answered beyond their time in the folder, at most: each holds its tail in memory."""
PATIENCE_S = 2.0
"""Seconds after which a folder that may still be being written is looked at again."""

Mark = tuple[tuple[str, int, int, int], ...]
"""Name, size and times of every file of a folder: the same mark, the same bytes."""


@dataclass(frozen=True)
class _Place:
    """What is known of one folder. ``served`` is of an earlier look where there is an ``error`` as well."""

    mark: Mark
    served: Served | None = None
    error: BundleError | None = None
    arriving: bool = False
    written: float = 0.0
    since: float = -math.inf


class Shelf:
    """The bundles of the settings' folder, or the one bundle that the setting names.

    ``clock`` gives seconds. No two threads may look at a time.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self.registry = Registry(max_batch=settings.max_batch)
        self._settings = settings
        self._clock = clock
        self._places: dict[str, _Place] = {}
        self._retired: dict[str, float] = {}
        self.is_open = False
        self._is_one_bundle = False

    def open(self) -> Registry:
        """Open every bundle, load its tail and run its golden case; takes seconds. A bundle that fails is refused.

        Raises BundleMissing where the folder holds none at all, ModuleNotFoundError where an engine is not installed.
        """
        self.look()
        if not self._places:
            raise BundleMissing(
                f"Expected bundles in '{self._settings.bundles}', found none. Make one with `dermsplit convert`, or "
                "say where they are with --bundles."
            )
        return self.registry

    def look(self) -> Registry:
        """The registry of now. Only what changed since the last look is opened, and a new bundle is loaded beside the
        others.

        A folder whose files do not agree with its manifest, or that has none, may still be being written: it is
        refused once it is found so twice without a change. At the first look there is nothing to wait for.
        """
        now = self._clock()
        seen = {}
        for directory in self._folders():
            mark, known = _mark(directory), self._places.get(directory.name)
            changed = known is None or known.mark != mark
            examine = changed or (known is not None and known.arriving)
            seen[directory.name] = self._examine(directory, mark, known, now) if examine or known is None else known
        self._places = seen
        self.registry = self._assemble(now)
        self.is_open = True
        return self.registry

    @property
    def due_in(self) -> float:
        """Seconds after which a look finds something else even where no file changes; infinity where it never does."""
        now = self._clock()
        moments = [place.since + self._settings.settle for place in self._places.values() if place.served]
        moments = [moment for moment in moments if moment > now]
        if self._has_live:
            moments += self._retired.values()
        if any(place.arriving for place in self._places.values()):
            moments.append(now + PATIENCE_S)
        return max(0.0, min(moments, default=math.inf) - now)

    @property
    def _has_live(self) -> bool:
        return any(place.served for place in self._places.values())

    def _folders(self) -> list[Path]:
        place = self._settings.bundles
        # Once it was one, what lies below it stays no bundle, even while its manifest is being replaced.
        self._is_one_bundle = self._is_one_bundle or (place / MANIFEST_FILE).is_file()
        if self._is_one_bundle:
            return [place] if place.is_dir() else []
        try:
            folders = [path for path in place.iterdir() if path.is_dir()] if place.is_dir() else []
        except OSError as error:
            log.error("the folder of bundles cannot be read: %s", error.strerror)
            return []
        return sorted(path for path in folders if not path.name.startswith((".", "_")))

    def _examine(self, directory: Path, mark: Mark, known: _Place | None, now: float) -> _Place:
        before = known or _Place(mark)
        try:
            bundle = open_bundle(directory)
            written = (directory / MANIFEST_FILE).stat().st_mtime
        except (BundleError, OSError) as error:
            arriving = self.is_open and (known is None or known.mark != mark)
            told = error if isinstance(error, BundleError) else _unreadable(error)
            return self._wrong(directory.name, replace(before, mark=mark, error=told, arriving=arriving))
        try:
            served = Served(bundle, self._held_tail(bundle) or self._load(bundle))
        except BundleError as error:
            return self._wrong(directory.name, replace(before, mark=mark, error=error, arriving=False))
        if before.served and before.served.manifest.id == bundle.manifest.id:
            since = before.since
        else:
            since = now if self.is_open else -math.inf
            log.info("bundle %s of model %s is ready", bundle.manifest.id, bundle.manifest.name)
        return _Place(mark, served, written=written, since=since)

    def _wrong(self, name: str, place: _Place) -> _Place:
        if place.arriving:
            log.info("bundle %s is not whole yet, and is looked at again", name)
        else:
            log.error("bundle %s refused: %s", name, place.error.detail if place.error else "")
        return place

    def _held_tail(self, bundle: Bundle) -> Tail | None:
        """The tail of a bundle that is loaded already: another folder of the same id holds the same bytes."""
        places = [place.served for place in self._places.values() if place.served]
        held = {served.manifest.id: served.tail for served in (*self.registry.bundles.values(), *places)}
        return held.get(bundle.manifest.id)

    def _load(self, bundle: Bundle) -> Tail:
        try:
            return load_tail(bundle, self._settings)
        except ModuleNotFoundError as error:
            if not self.is_open:
                raise
            raise BundleInvalid(f"The bundle needs {error.name}, which is not installed beside this server.") from error

    def _assemble(self, now: float) -> Registry:
        """The current one of each model first: that of the settings, else the newest that has settled."""
        refused = {name: place.error for name, place in self._places.items() if place.error and not place.arriving}
        ranked: dict[str, tuple[tuple[bool, bool, float, str], Served]] = {}
        for name, place in self._places.items():
            if place.served is None:
                continue
            identity = place.served.manifest.id
            if identity in ranked:
                twice = BundleInvalid(f"Bundle {identity} lies there twice; remove one of the folders.")
                refused.setdefault(name, twice)
                continue
            settled = now - place.since >= self._settings.settle
            ranked[identity] = ((identity == self._settings.current, settled, place.written, identity), place.served)
        live = {
            identity: served
            for identity, (_, served) in sorted(ranked.items(), key=lambda item: item[1][0], reverse=True)
        }
        retired = self._retire(live, now)
        if not self.is_open and self._settings.current is not None and self._settings.current not in live:
            log.error("bundle %s was to be the current one and is not here", self._settings.current)
        return Registry({**live, **retired}, refused, self._settings.max_batch, frozenset(retired))

    def _retire(self, live: dict[str, Served], now: float) -> dict[str, Served]:
        """What was served and is not in the folder any more, while its time lasts or nothing else is there."""
        held = self.registry.bundles
        for identity in held.keys() - live.keys() - self._retired.keys():
            self._retired[identity] = now + self._settings.grace
            log.info("bundle %s has left the folder and is answered for %g s more", identity, self._settings.grace)
        last_first = sorted(self._retired.items(), key=lambda item: item[1], reverse=True)
        kept = {identity: until for identity, until in last_first if identity not in live}
        if live:
            kept = {identity: until for identity, until in kept.items() if until > now}
        self._retired = dict(list(kept.items())[:MOST_RETIRED])
        return {identity: held[identity] for identity in self._retired}


def load_registry(settings: Settings) -> Registry:
    """The bundles of the settings' folder, looked at once. Raises as :meth:`Shelf.open` does."""
    return Shelf(settings).open()


def _mark(directory: Path) -> Mark:
    """See :data:`Mark`. A file that vanishes meanwhile is left out: what is left is no bundle, and is told as that."""
    found = []
    for path in sorted(directory.rglob("*")):
        try:
            state = path.lstat()
        except OSError:
            continue
        found.append((path.relative_to(directory).as_posix(), state.st_size, state.st_mtime_ns, state.st_ctime_ns))
    return tuple(found)


def _unreadable(error: OSError) -> BundleCorrupt:
    return BundleCorrupt(f"A file of the bundle cannot be read: {error.strerror}. Check its owner and the disk.")
