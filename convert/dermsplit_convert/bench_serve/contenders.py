"""Who is compared: each server's packages, command, address and form of a request, as its documentation has them."""

from dataclasses import dataclass, field
from typing import Literal

Form = Literal["protocol, binary", "protocol, JSON", "JSON", "bytes"]

OURS = "dermsplit"
OURS_KERAS = "dermsplit, Keras"
NAIVE = "Keras predict in FastAPI"
NOTHING = "nothing at all"


@dataclass(frozen=True)
class Contender:
    """One server. ``packages`` is what its own environment holds, empty for the environment of this command.

    ``files`` lie in the folder that it is started in. In them and in ``command``, ``variables`` and ``path`` stand
    {python}, {bin}, {port}, {spare}, {other}, {bundle}, {apps}, {name} and {id} for what is known once it starts;
    {spare} and {other} are further free ports.
    """

    name: str
    about: str
    form: Form
    path: str
    command: tuple[str, ...]
    packages: tuple[str, ...] = ()
    variables: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


_PROTOCOL = "/v2/models/{name}/infer"
_VERSIONED = "/v2/models/{name}/versions/{id}/infer"
_SERVE = ("{bin}/dermsplit", "serve", "--bundles", "{bundle}", "--port", "{port}", "--engine")
_QUIET_KERAS = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}

CONTENDERS = (
    Contender(
        OURS,
        "`dermsplit serve --engine openvino`",
        "protocol, binary",
        _VERSIONED,
        (*_SERVE, "openvino"),
    ),
    Contender(
        OURS_KERAS,
        "`dermsplit serve --engine keras`",
        "protocol, binary",
        _VERSIONED,
        (*_SERVE, "keras"),
        variables=_QUIET_KERAS,
    ),
    Contender(
        NAIVE,
        "FastAPI and `model.predict`, on uvicorn",
        "JSON",
        "/predict",
        ("{python}", "{apps}/naive.py"),
        variables=_QUIET_KERAS,
    ),
    Contender(
        "LitServe",
        "a LitAPI, one worker",
        "JSON",
        "/predict",
        ("{python}", "{apps}/litserve_app.py"),
        ("litserve==0.2.19",),
    ),
    Contender(
        "BentoML",
        "a service, one worker",
        "JSON",
        "/predict",
        ("{bin}/bentoml", "serve", "bentoml_app:Lesions", "--host", "127.0.0.1", "--port", "{port}"),
        ("bentoml==1.4.39",),
        {"BENTOML_DO_NOT_TRACK": "True"},
    ),
    Contender(
        "Ray Serve",
        "a deployment, one replica",
        "bytes",
        "/",
        ("{python}", "{apps}/ray_app.py"),
        ("ray[serve]==2.60.0",),
        {"RAY_USAGE_STATS_ENABLED": "0"},
    ),
    Contender(
        "MLServer",
        "a custom runtime, one worker",
        "protocol, JSON",
        _PROTOCOL,
        ("{bin}/mlserver", "start", "."),
        # Its workers end at once with a newer uvloop, which no longer makes an event loop unasked.
        ("mlserver==1.7.1", "uvloop<0.22"),
        {
            "MLSERVER_HOST": "127.0.0.1",
            "MLSERVER_HTTP_PORT": "{port}",
            "MLSERVER_GRPC_PORT": "{spare}",
            "MLSERVER_METRICS_PORT": "{other}",
        },
        {"model-settings.json": '{{"name": "{name}", "implementation": "mlserver_app.Lesions"}}'},
    ),
    Contender(
        "KServe",
        "a custom model, one worker",
        "protocol, binary",
        _PROTOCOL,
        ("{python}", "{apps}/kserve_app.py"),
        ("kserve==0.21.0",),
    ),
    Contender(
        NOTHING,
        "uvicorn and a fixed reply: how fast the client is",
        "bytes",
        "/",
        ("{python}", "{apps}/noop.py"),
    ),
)
