"""Every 4xx and 5xx as application/problem+json (RFC 9457), with the ``error`` that clients of the protocol read.

A document never holds a path of the server, a class name, a traceback or a tensor's values: ``detail`` is written for
the person at the other end, and whatever was not foreseen becomes one fixed sentence.
"""

import json
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dermsplit_contract.errors import (
    DermsplitError,
    InternalError,
    KeyRequired,
    NotReady,
    Overloaded,
    PayloadTooLarge,
    RequestTooSlow,
    TooManyRequests,
    WrongHost,
)
from dermsplit_server.logs import log_failure

PROBLEM = "application/problem+json"
RETRY_AFTER: dict[type[DermsplitError], str] = {NotReady: "2", Overloaded: "1", TooManyRequests: "60"}
"""Seconds after which it is worth asking again."""

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "request_id", "error"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "error": {"type": "string", "description": "The same as detail, where the Open Inference Protocol has it"},
        "current": {"type": "string", "description": "With unknown_version: the bundle id that is served"},
    },
}


def problem(error: DermsplitError, request_id: str) -> Response:
    """The error as a response."""
    document = {
        **error.members,
        "type": f"urn:dermsplit:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
        "request_id": request_id,
        "error": error.detail,
    }
    headers = {}
    if type(error) in RETRY_AFTER:
        headers["Retry-After"] = RETRY_AFTER[type(error)]
    if isinstance(error, KeyRequired):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, (PayloadTooLarge, RequestTooSlow, WrongHost)):
        # What is left of the body must not be read as the next request, nor be waited for.
        headers["Connection"] = "close"
    return Response(json.dumps(document), error.status, headers, PROBLEM)


def install_problems(app: FastAPI) -> None:
    """Word every error that a route or the framework raises. What is not foreseen is the envelope's."""
    app.add_exception_handler(DermsplitError, _on_dermsplit_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_validation_error)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route for OpenAPI: these statuses are problems."""
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {PROBLEM: {"schema": SCHEMA}}}
        for status in statuses
    }


def request_id_of(request: Request) -> str:
    """The id that the envelope gave this request."""
    return str(request.state.request_id)


async def _on_dermsplit_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DermsplitError)
    if isinstance(error, InternalError):
        log_failure(request_id_of(request), error)
    return problem(error, request_id_of(request))


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    if status == HTTPStatus.NOT_FOUND:
        refused = DermsplitError("There is nothing at this address. GET /docs lists what there is.")
    elif status == HTTPStatus.METHOD_NOT_ALLOWED:
        refused = DermsplitError("This address does not take that method. GET /docs lists what it takes.")
    else:
        refused = DermsplitError(f"The request was refused: {status.phrase}.")
    response = problem(_as_status(refused, status), request_id_of(request))
    response.headers.update(error.headers or {})
    return response


async def _on_validation_error(request: Request, _: Exception) -> Response:
    refused = DermsplitError("A parameter of the request is missing or not of the documented type. See GET /docs.")
    return problem(_as_status(refused, HTTPStatus.UNPROCESSABLE_ENTITY), request_id_of(request))


def _as_status(error: DermsplitError, status: HTTPStatus) -> DermsplitError:
    """The framework's own refusals have a status and no class: the status names them, as not_found does."""
    error.status, error.title, error.code = status.value, status.phrase, status.name.lower()
    return error
