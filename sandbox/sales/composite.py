"""Composite requests: up to five calls in one (zoho-api 2.14)."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
from starlette.routing import compile_path

from sandbox.routing import Endpoint, Manners, serve
from sandbox.sales.reading import json_body
from sandbox.sales.refusals import problem, refuse, too_many, unknown_url
from sandbox.wire import Call, Handler, Json, Reply

MAX_REQUESTS = 5
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_REFERENCE = re.compile(r"@\{(?P<request>\w+):\$(?P<path>[^}]*)\}")
_STEP = re.compile(r"\.(?P<name>\w+)|\[(?P<index>\d+)\]")


class UnknownReferenceError(Exception):
    """A sub-request refers to something that an earlier one did not answer."""


def composite(endpoints: tuple[Endpoint, ...], manners: Callable[[Call], Manners]) -> Handler:
    """Return what serves ``POST /__composite_requests`` for a product.

    Args:
        endpoints: What sub-requests may call.
        manners: Gives the manners of the product that is called.
    """
    routes = [(endpoint, compile_path(endpoint.path)[0]) for endpoint in endpoints]

    def run(call: Call) -> Reply:
        answers: dict[str, Any] = {}
        results = []
        for index, given in enumerate(_requests_in(call)):
            result, body = _answered(routes, manners(call), call, given, index, answers)
            answers[str(given.get("sub_request_id") or index)] = body
            results.append(result)
        good = sum(result["status"] == "success" for result in results)
        status = 200 if good == len(results) else 207 if good else 400
        return Reply(status, {"__composite_requests": results}, code="SUCCESS" if good else results[0]["code"])

    return run


def _requests_in(call: Call) -> list[Json]:
    body = json_body(call)
    given = body.get("__composite_requests")
    if not isinstance(given, list) or not given or not all(isinstance(item, dict) for item in given):
        details = {"api_name": "__composite_requests", "json_path": "$.__composite_requests"}
        raise refuse(400, "MANDATORY_NOT_FOUND", "required field not found", details)
    if len(given) > MAX_REQUESTS:
        raise too_many(MAX_REQUESTS, api_name="__composite_requests", json_path="$.__composite_requests")
    if body.get("rollback_on_fail") is True:
        # Zoho's OpenAPI knows no other value than false.
        raise refuse(400, "NOT_SUPPORTED", "rollback is not supported", {"api_name": "rollback_on_fail"})
    return given


def _answered(
    routes: list[tuple[Endpoint, re.Pattern[str]]],
    manners: Manners,
    call: Call,
    given: Json,
    index: int,
    answers: Mapping[str, Any],
) -> tuple[Json, Any]:
    """Return the result block of one sub-request, and the body of its answer for later ones to refer to."""
    known_parts = {
        "method": given.get("method") in _METHODS,
        "uri": isinstance(given.get("uri"), str),
        **{name: isinstance(given.get(name) or {}, dict) for name in ("params", "headers")},
    }
    for name, known in known_parts.items():
        if not known:
            details = {"api_name": name, "json_path": f"$.__composite_requests[{index}].{name}"}
            code = "INVALID_DATA" if name in given else "MANDATORY_NOT_FOUND"
            return problem(code, "invalid data" if name in given else "required field not found", details), None
    try:
        reply = _run(routes, manners, call, _resolved(given, answers))
    except UnknownReferenceError as error:
        details = {"reference": str(error), "json_path": f"$.__composite_requests[{index}]"}
        return problem("INVALID_REFERENCE", "the reference given seems to be invalid", details), None
    body = orjson.loads(reply.payload()) if reply.body is not None else None
    response = {"status_code": reply.status, "headers": {**reply.headers}, "body": body}
    message = "composite sub request executed successfully"
    return {"code": "SUCCESS", "details": {"response": response}, "message": message, "status": "success"}, body


def _run(routes: list[tuple[Endpoint, re.Pattern[str]]], manners: Manners, call: Call, given: Json) -> Reply:
    parts = urlsplit(given["uri"])
    path = parts.path.removeprefix(f"/{call.product}/{call.version}")
    query = {**dict(parse_qsl(parts.query)), **{str(k): str(v) for k, v in (given.get("params") or {}).items()}}
    more = {str(k).lower(): str(v) for k, v in (given.get("headers") or {}).items()}
    for endpoint, pattern in routes:
        match = pattern.match(path)
        if match and endpoint.method == given["method"]:
            sub = Call(
                call.world, call.product, endpoint.method, parts.path, call.version, match.groupdict(), query,
                {**call.headers, **more}, orjson.dumps(given.get("body") or {}), call.base_url,
            )  # fmt: skip
            return serve(endpoint, manners, sub)
    return unknown_url().reply


def _resolved(given: Any, answers: Mapping[str, Any]) -> Any:
    """Return a sub-request with its references such as ``@{1:$.data[0].details.id}`` replaced."""
    if isinstance(given, dict):
        return {name: _resolved(value, answers) for name, value in given.items()}
    if isinstance(given, list):
        return [_resolved(item, answers) for item in given]
    if not isinstance(given, str):
        return given
    whole = _REFERENCE.fullmatch(given)
    if whole:
        return _referred(whole, answers)
    return _REFERENCE.sub(lambda match: str(_referred(match, answers)), given)


def _referred(match: re.Match[str], answers: Mapping[str, Any]) -> Any:
    value: Any = answers.get(match["request"])
    try:
        for step in _STEP.finditer(match["path"]):
            value = value[step["name"]] if step["name"] else value[int(step["index"])]
    except (KeyError, IndexError, TypeError):
        raise UnknownReferenceError(match[0]) from None
    if value is None:
        raise UnknownReferenceError(match[0])
    return value
