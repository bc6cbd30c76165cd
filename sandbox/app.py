"""The web application: Zoho's paths, the control paths and the page."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from sandbox.books import refusals as books_refusals
from sandbox.books.endpoints import BOOKS
from sandbox.books.endpoints import ENDPOINTS as BOOKS_ENDPOINTS
from sandbox.clock import crm_time
from sandbox.control import router as control
from sandbox.defaults import Product
from sandbox.description.operations import form_operation, operation
from sandbox.gateway import Gateway
from sandbox.oauth import REVOCATION_FORM, TOKEN_FORM
from sandbox.routing import Endpoint, Manners, serve
from sandbox.sales import refusals as sales_refusals
from sandbox.sales.endpoints import BIGIN, BIGIN_VERSIONS, BULK_ENDPOINTS, CRM, NOT_IN_BIGIN, VERSIONS
from sandbox.sales.endpoints import ENDPOINTS as SALES_ENDPOINTS
from sandbox.web.pages import router as pages
from sandbox.web.tabs import router as tabs
from sandbox.wire import Call, Handler, Json, Reply
from sandbox.world import World

_Serve = Callable[[Request], Awaitable[Response]]
_VERSIONS = {"crm": VERSIONS, "bigin": BIGIN_VERSIONS, "books": ("v3",)}
_WITHOUT_BODY = {204, 304}


def create_app(world: World) -> Gateway:
    """Return the ASGI application that serves a world."""
    app = FastAPI(title="Zoho sandbox", description=__doc__, version="1")
    app.state.world = world
    _add_oauth(app, world)
    # First, because /crm/{version}/{module}/{id} would take these paths for records.
    for endpoint in BULK_ENDPOINTS:
        _add_endpoint(app, world, "/crm/bulk/{version}", endpoint, CRM)
        _add_endpoint(app, world, "/bigin/bulk/{version}", endpoint, BIGIN)
    for endpoint in SALES_ENDPOINTS:
        _add_endpoint(app, world, "/crm/{version}", endpoint, CRM)
        if endpoint.path not in NOT_IN_BIGIN:
            _add_endpoint(app, world, "/bigin/{version}", endpoint, BIGIN)
    for endpoint in BOOKS_ENDPOINTS:
        _add_endpoint(app, world, "/books/v3", endpoint, BOOKS)
    app.include_router(control)
    app.include_router(pages)
    app.include_router(tabs)
    app.add_exception_handler(HTTPException, _no_endpoint)
    return Gateway(app, world)


def _add_endpoint(app: FastAPI, world: World, prefix: str, endpoint: Endpoint, manners: Manners) -> None:
    path = prefix + endpoint.path
    described = operation(endpoint, manners, path, _VERSIONS[manners.product])
    _add(app, path, endpoint.method, _product_endpoint(world, endpoint, manners), described)


def _add(app: FastAPI, path: str, method: str, serve_request: _Serve, described: Json) -> None:
    app.add_api_route(
        path, serve_request, methods=[method], response_class=Response, response_model=None, openapi_extra=described
    )


def _add_oauth(app: FastAPI, world: World) -> None:
    accounts = world.accounts
    for path, handler, names in (("", accounts.token, TOKEN_FORM), ("/revoke", accounts.revoke, REVOCATION_FORM)):
        described = form_operation("oauth", handler.__doc__, names)
        _add(app, "/oauth/v2/token" + path, "POST", _oauth_endpoint(world, handler), described)


def _oauth_endpoint(world: World, handler: Handler) -> _Serve:
    async def endpoint(request: Request) -> Response:
        return _sent(request, handler(await _call(world, "crm", request)))

    return endpoint


def _product_endpoint(world: World, endpoint: Endpoint, manners: Manners) -> _Serve:
    async def serve_request(request: Request) -> Response:
        call = await _call(world, manners.product, request)
        if call.version not in _VERSIONS[manners.product]:
            return _sent(request, sales_refusals.unknown_url().reply)
        reply = serve(endpoint, manners, call)
        if call.grant and manners.product != "books":
            reply.headers["x-accesstoken-reset"] = crm_time(call.grant.expires)
        return _sent(request, reply)

    return serve_request


async def _call(world: World, product: Product, request: Request) -> Call:
    return Call(
        world=world,
        product=product,
        method=request.method,
        path=request.url.path,
        version=request.path_params.get("version", "v3"),
        params=request.path_params,
        query=request.query_params,
        headers=request.headers,
        body=await request.body(),
        base_url=str(request.base_url).rstrip("/"),
    )


def _sent(request: Request, reply: Reply) -> Response:
    request.scope["sandbox_code"] = reply.code
    request.scope["sandbox_records"] = reply.records
    media_type = None if reply.status in _WITHOUT_BODY else reply.media_type
    return Response(reply.payload(), reply.status, reply.headers, media_type)


async def _no_endpoint(request: Request, error: Any) -> Response:
    """Answer an unknown path or method in the words of the product it was meant for."""
    path = request.url.path
    if path.startswith(("/crm/", "/bigin/")):
        wrong = sales_refusals.wrong_method() if error.status_code == 405 else sales_refusals.unknown_url()
        return _sent(request, wrong.reply)
    if path.startswith("/books/"):
        return _sent(request, books_refusals.unknown_url().reply)
    return Response(orjson.dumps({"detail": error.detail}), error.status_code, media_type="application/json")
