"""Photo by photo: head here, tail there. One bad photo is noted and the others go on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dermsplit_contract.errors import PhotoError, ServerRefused, UnknownVersion
from dermsplit_contract.preprocess import load_photo
from dermsplit_server.client.head import Head, head_of_bundle, head_of_server
from dermsplit_server.client.remote import Answer, Remote, Request
from dermsplit_server.client.told import Told, metadata_for
from dermsplit_server.engines import Features


@dataclass(frozen=True)
class Outcome:
    """What became of one photo: an answer, or why there is none."""

    photo: Path
    answer: Answer | None = None
    error: PhotoError | None = None


@dataclass
class Session:
    """A server, the head that belongs to it, and what is told beside every photo.

    ``bundle`` is a local folder, or None to take the server's head.
    """

    remote: Remote
    bundle: Path | None = None
    told: Told = field(default_factory=Told)
    _head: Head | None = field(default=None, init=False)

    @property
    def head(self) -> Head:
        """The head, loaded when it is first needed."""
        if self._head is None:
            self._head = head_of_bundle(self.bundle) if self.bundle else head_of_server(self.remote)
        return self._head

    def predict(self, photos: list[Path]) -> Iterator[Outcome]:
        """Yield one outcome a photo, in order. Raises ServerError where the server fails, which no photo can mend."""
        for photo in photos:
            try:
                yield Outcome(photo, self._answer(photo))
            except PhotoError as error:
                yield Outcome(photo, error=error)

    def features(self, photo: Path) -> Features:
        """The features [1, *shape] of a photo. The photo is read first: a bad one costs no download."""
        picture = load_photo(photo)
        return self.head.features(picture)

    def request(self, photo: Path) -> Request:
        """The request about a photo. Raises UsageError for what the bundle cannot be told."""
        features = self.features(photo)
        manifest = self.head.manifest
        return Request(manifest, features, metadata_for(self.told, manifest), self.told.prevalence)

    def _answer(self, photo: Path) -> Answer:
        try:
            return self.remote.infer(self.request(photo))
        except ServerRefused as error:
            if self.bundle or error.members.get("server_code") != UnknownVersion.code:
                raise
        # The server changed its bundle meanwhile: take the new head and try once more.
        self._head = None
        return self.remote.infer(self.request(photo))
