"""Every error that dermsplit raises on purpose, in one tree.

    DermsplitError
    ├── PhotoError            the picture that a person gave: PhotoUnreadable
    ├── RequestError          what came over the wire
    │   ├── MalformedRequest  ├── InvalidTensor       ├── WrongDatatype
    │   ├── PayloadTooLarge   ├── UnsupportedEncoding ├── UnsupportedMediaType
    │   ├── InvalidParameter  ├── RequestTooSlow      ├── WrongHost
    │   ├── KeyRequired       └── TooManyRequests
    ├── LookupFailed          a name that is not here: UnknownModel, UnknownVersion, UnknownFile
    ├── BundleError           BundleMissing, BundleInvalid, BundleCorrupt, GoldenMismatch
    ├── CutError              UnknownLayer, IllegalCut, UnsupportedModel
    ├── TrainingError         DataInvalid, RecipeInvalid, RunInvalid, TrainingDiverged
    ├── VerificationFailed    the whole network and tail(head) disagree
    ├── UsageError, MissingExtra: a command line, or an installation, that cannot do what is asked
    ├── ServerError           seen by a client: ServerUnreachable, ServerRefused
    ├── NotReady, Overloaded, DeadlinePassed: the server cannot answer yet, or not in time
    └── InternalError         ours: the cause is in the server's log, never in the reply

``detail`` is one sentence or two that say what was expected, what came and what to do. It is shown to the person at
the other end, so it never holds a path of the server, a class name, a traceback or a tensor's values.
"""

from collections.abc import Iterator


class DermsplitError(Exception):
    """The root. ``code`` names the error in JSON, ``status`` is its HTTP status, ``title`` the same for every case.

    Keyword arguments become extension members of the problem document (RFC 9457, section 3.2), for example
    ``current`` on :class:`UnknownVersion`; their values must be plain JSON.
    """

    code = "error"
    status = 500
    title = "Something went wrong"

    def __init__(self, detail: str, **members: str | int | list[str]) -> None:
        super().__init__(detail)
        self.detail = detail
        self.members = members


class PhotoError(DermsplitError):
    """A photo cannot become an input."""

    code, status, title = "photo", 422, "The photo cannot be used"


class PhotoUnreadable(PhotoError):
    """The file is not a picture that Pillow can open, or it is cut short, empty or absurdly large."""

    code, title = "photo_unreadable", "The photo cannot be read"


class RequestError(DermsplitError):
    """A request that the server cannot act on."""

    code, status, title = "request", 400, "The request cannot be answered"


class MalformedRequest(RequestError):
    """JSON, header length or sizes do not fit together."""

    code, title = "malformed_request", "The request is malformed"


class InvalidTensor(RequestError):
    """A tensor whose name, shape or values the model cannot take."""

    code, title = "invalid_tensor", "The tensor does not fit the model"


class WrongDatatype(InvalidTensor):
    """A tensor of another datatype than the bundle's."""

    code, title = "wrong_datatype", "The datatype does not fit the model"


class PayloadTooLarge(RequestError):
    """More bytes than the largest request that the model can take."""

    code, status, title = "payload_too_large", 413, "The request is too large"


class UnsupportedEncoding(RequestError):
    """A Content-Encoding other than identity and gzip."""

    code, status, title = "unsupported_encoding", 415, "The content encoding is not supported"


class UnsupportedMediaType(RequestError):
    """A Content-Type other than the two that the protocol names."""

    code, status, title = "unsupported_media_type", 415, "The content type is not supported"


class InvalidParameter(RequestError):
    """A parameter of a request that is not of its kind or out of its range."""

    code, title = "invalid_parameter", "The parameter cannot be used"


class RequestTooSlow(RequestError):
    """Headers or body that did not arrive in time."""

    code, status, title = "request_too_slow", 408, "The request came too slowly"


class WrongHost(RequestError):
    """A Host header with a name that the server does not go by."""

    code, status, title = "wrong_host", 421, "The server does not go by that name"


class KeyRequired(RequestError):
    """The API key is missing, malformed or not one of the server's: the reply is the same for all of them."""

    code, status, title = "key_required", 401, "A valid API key is required"


class TooManyRequests(RequestError):
    """A client that asked more often than the operator allows."""

    code, status, title = "too_many_requests", 429, "Too many requests"


class LookupFailed(DermsplitError):
    """Something was asked for by a name that is not here."""

    code, status, title = "not_found", 404, "Not found"


class UnknownModel(LookupFailed):
    """No model of that name."""

    code, title = "unknown_model", "Unknown model"


class UnknownVersion(LookupFailed):
    """The model is known, the bundle id is not; member ``current`` holds the id that is served."""

    code, title = "unknown_version", "Unknown bundle id"


class UnknownFile(LookupFailed):
    """The bundle has no public file of that name."""

    code, title = "unknown_file", "Unknown file"


class BundleError(DermsplitError):
    """A bundle that must not be used."""

    code, title = "bundle", "The bundle cannot be used"


class BundleMissing(BundleError):
    """There is no bundle at that place."""

    code, title = "bundle_missing", "There is no bundle"


class BundleInvalid(BundleError):
    """The manifest is not JSON, breaks its schema, or contradicts itself."""

    code, title = "bundle_invalid", "The manifest is invalid"


class BundleCorrupt(BundleError):
    """A file is missing, foreign, of another size or of another hash than the manifest says."""

    code, title = "bundle_corrupt", "The bundle is corrupt"


class GoldenMismatch(BundleError):
    """The engine does not give the golden probabilities for the golden features."""

    code, title = "golden_mismatch", "The golden case failed"


class CutError(DermsplitError):
    """A network cannot be cut as asked."""

    code, status, title = "cut", 422, "The network cannot be cut there"


class UnknownLayer(CutError):
    """The network has no layer of that name."""

    code, title = "unknown_layer", "Unknown layer"


class IllegalCut(CutError):
    """More than one tensor crosses at that layer."""

    code, title = "illegal_cut", "Illegal cut"


class UnsupportedModel(CutError):
    """The model is not a functional graph that starts from one picture."""

    code, title = "unsupported_model", "The model cannot be cut"


class TrainingError(DermsplitError):
    """Training or evaluation cannot go on."""

    code, status, title = "training", 422, "Training cannot go on"


class DataInvalid(TrainingError):
    """A data set is missing, incomplete, or its parts leak into each other."""

    code, title = "data_invalid", "The data cannot be used"


class RecipeInvalid(TrainingError):
    """A recipe has an unknown key or a value out of range."""

    code, title = "recipe_invalid", "The recipe is invalid"


class RunInvalid(TrainingError):
    """A run directory is missing, incomplete or already taken."""

    code, title = "run_invalid", "The run cannot be used"


class TrainingDiverged(TrainingError):
    """The loss is not finite any more; the last good checkpoint is kept."""

    code, title = "training_diverged", "Training diverged"


class VerificationFailed(DermsplitError):
    """The whole network and its two parts disagree by more than the bound."""

    code, title = "verification_failed", "Verification failed"


class UsageError(DermsplitError):
    """Arguments that do not make sense together."""

    code, status, title = "usage", 400, "The command cannot be carried out"


class ServerError(DermsplitError):
    """What a client sees of a server that does not answer well."""

    code, status, title = "server", 502, "The server did not answer well"


class ServerUnreachable(ServerError):
    """No connection, or no answer in time."""

    code, title = "server_unreachable", "The server cannot be reached"


class ServerRefused(ServerError):
    """The server answered with an error or with something that is not a reply."""

    code, title = "server_refused", "The server refused"


class NotReady(DermsplitError):
    """The server holds no checked bundle yet."""

    code, status, title = "not_ready", 503, "The server is not ready"


class Overloaded(DermsplitError):
    """The queue is full; nothing of the request was computed."""

    code, status, title = "overloaded", 503, "The server is busy"


class DeadlinePassed(DermsplitError):
    """The request waited longer than its own timeout allows; nothing of it was computed."""

    code, status, title = "deadline_passed", 503, "The request waited too long"


class MissingExtra(DermsplitError):
    """A command needs an optional part of the distribution."""

    code, title = "missing_extra", "An optional part is not installed"


class InternalError(DermsplitError):
    """Anything not foreseen; the reply says no more than this."""

    code, status, title = "internal", 500, "The server failed"


def error_classes(root: type[DermsplitError] = DermsplitError) -> Iterator[type[DermsplitError]]:
    """Yield every class of the tree, the root first, depth first in order of definition."""
    yield root
    for child in root.__subclasses__():
        yield from error_classes(child)
