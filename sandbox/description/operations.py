"""An endpoint as OpenAPI describes it: made from its entry in the tables, never by hand."""

import re
from collections.abc import Sequence
from functools import cache

from sandbox.defaults import Product
from sandbox.description.parameters import PARAMETERS, path_parameter
from sandbox.routing import Endpoint, Manners
from sandbox.sales.schema import standard_modules
from sandbox.wire import Json

_NAMES = re.compile(r"{(\w+)}")
_ORGANIZATION = "organization_id"


def operation(endpoint: Endpoint, manners: Manners, path: str, versions: Sequence[str]) -> Json:
    """Return the OpenAPI operation of an endpoint.

    Args:
        endpoint: Its entry in the tables.
        manners: Those of its product.
        path: Its whole path.
        versions: Versions of the API that have it.
    """
    text = (endpoint.handler.__doc__ or "").strip()
    found: Json = {
        "summary": f"{endpoint.method} {endpoint.path}",
        "description": f"{text}\n\nNeeds the scopes {', '.join(_scopes(endpoint, manners))}.",
        "tags": [manners.product],
        "parameters": [*_in_path(manners, path, versions), *_others(endpoint, manners)],
    }
    if endpoint.body is not None:
        content = {"application/json": {"schema": endpoint.body(manners.product)}}
        found["requestBody"] = {"required": True, "content": content}
    elif endpoint.file:
        form = {"type": "object", "properties": {endpoint.file: {"type": "string", "format": "binary"}}}
        content = {"multipart/form-data": {"schema": {**form, "required": [endpoint.file]}}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _scopes(endpoint: Endpoint, manners: Manners) -> list[str]:
    return [scope if scope.startswith("Zoho") else f"{manners.scope_prefix}.{scope}" for scope in endpoint.scopes]


def _in_path(manners: Manners, path: str, versions: Sequence[str]) -> list[Json]:
    known = {"version": list(versions)}
    if manners.product != "books":
        known["module"] = _modules(manners.product)
    return [
        path_parameter(name, type="string", enum=known[name]) if name in known else path_parameter(name)
        for name in _NAMES.findall(path)
    ]


@cache
def _modules(product: Product) -> list[str]:
    return list(standard_modules(product))


def _others(endpoint: Endpoint, manners: Manners) -> list[Json]:
    shown = [PARAMETERS[name].described() for name in endpoint.takes]
    if manners.product == "books" and endpoint.needs_organization:
        shown.insert(0, {**PARAMETERS[_ORGANIZATION].described(), "required": True})
    return shown


def form_operation(tag: str, text: str | None, names: Sequence[str]) -> Json:
    """Return the OpenAPI operation of an endpoint that takes a form, in the body or in the query (zoho-api 1.2).

    Args:
        tag: Group it belongs to.
        text: What it does.
        names: Fields of the form.
    """
    form = {"type": "object", "properties": {name: {"type": "string"} for name in names}}
    content = {"application/x-www-form-urlencoded": {"schema": form}}
    return {"description": text or "", "tags": [tag], "requestBody": {"content": content}}
