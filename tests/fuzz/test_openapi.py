"""Schemathesis: requests made from the server's own OpenAPI document, sent to a real process."""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dermsplit_contract.bundle import MANIFEST_FILE, Bundle
from tests.process import Process

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="session")
def api(fuzzed_server: Process) -> "schemathesis.BaseSchema":
    return schemathesis.openapi.from_url(f"{fuzzed_server.url}/openapi.json")


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_route_keeps_to_what_is_documented(case: schemathesis.Case) -> None:
    case.call_and_validate(checks=CHECKS)


@schema.include(path_regex="/v2/models/.*").parametrize()
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_so_does_every_route_of_a_model_that_is_there(case: schemathesis.Case, by_datatype: dict[str, Bundle]) -> None:
    manifest = by_datatype["UINT8"].manifest
    there = {"name": manifest.name, "version": manifest.id}
    case.path_parameters = {name: there.get(name, value) for name, value in case.path_parameters.items()}
    case.call_and_validate(checks=CHECKS)


@schema.include(path_regex="/bundles/.*").parametrize()
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_so_does_every_file_of_a_bundle_that_is_there(case: schemathesis.Case, by_datatype: dict[str, Bundle]) -> None:
    bundle = by_datatype["UINT8"]
    files = [MANIFEST_FILE, *(name for name, file in bundle.manifest.files.items() if file.public)]
    asked = files[len(str(case.path_parameters["file"])) % len(files)]
    case.path_parameters = {"bundle_id": bundle.manifest.id, "file": asked}
    case.call_and_validate(checks=CHECKS)
