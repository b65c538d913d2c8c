"""/docs: the addresses and their meaning, made from /openapi.json.

A page of our own instead of the framework's, since that one runs scripts from a foreign server: it would need a
hole in the content security policy, and does not open without the internet.
"""

from html import escape
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def reference(request: Request) -> HTMLResponse:
    schema: dict[str, Any] = request.app.openapi()
    rows = "".join(
        _row(method, path, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    )
    title = escape(f"{schema['info']['title']} {schema['info']['version']}")
    return HTMLResponse(
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{title}</title><h1>{title}</h1><p>{escape(schema['info']['description'])}</p>"
        f"<p>For programs: <a href='/openapi.json'>/openapi.json</a>. Errors are application/problem+json.</p>"
        f"<dl>{rows}</dl></html>"
    )


def _row(method: str, path: str, operation: dict[str, Any]) -> str:
    statuses = ", ".join(operation["responses"])
    more = "".join(f"<p>{escape(part)}</p>" for part in operation.get("description", "").split("\n\n") if part)
    return (
        f"<dt><code>{method.upper()} {escape(path)}</code></dt>"
        f"<dd><p>{escape(operation['summary'])}. Answers {statuses}.</p>{more}</dd>"
    )
