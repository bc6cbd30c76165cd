"""Notification channels: subscribing to writes (zoho-api 2.12)."""

from typing import Any

from sandbox.clock import crm_time, parse_time
from sandbox.sales.channels import Channel
from sandbox.sales.paging import place_of
from sandbox.sales.reading import json_body, organization
from sandbox.sales.refusals import missing_param, problem, refuse, too_many
from sandbox.sales.store import SalesOrg
from sandbox.wire import Call, Json, Reply

MAX_CHANNELS = 50
_OPERATIONS = {"create", "edit", "delete", "all"}
_LONGEST_TOKEN = 50
_UPDATED = "Successfully updated the subscribe details"
_REMOVED = "Successfully removed the subscribe details"
_LIMITS = {"crm": (7 * 86_400, 3600), "bigin": (86_400, 7200)}


def subscribe(call: Call) -> Reply:
    """Serve ``POST /actions/watch``; a channel that is there already is renewed."""
    return _written(call, 201, "Successfully subscribed for actions-watch of the given module")


def replace(call: Call) -> Reply:
    """Serve ``PUT /actions/watch``."""
    return _written(call, 200, _UPDATED, must_exist=True)


def _written(call: Call, all_good: int, message: str, *, must_exist: bool = False) -> Reply:
    results = []
    for at, given in enumerate(_items(call)):
        channel = _channel(organization(call), given, at)
        if must_exist and isinstance(channel, Channel) and channel.id not in organization(call).channels:
            channel = problem("NOT_SUBSCRIBED", "the channel is not subscribed", {"channel_id": channel.id})
        if isinstance(channel, Channel):
            organization(call).set_channel(channel.id, channel)
            results.append(_success(call, channel, message))
        else:
            results.append(channel)
    return _reply(results, all_good)


def change(call: Call) -> Reply:
    """Serve ``PATCH /actions/watch``: change what is given, or with ``_delete_events`` stop the listed events."""
    org, results = organization(call), []
    for given in _items(call):
        known = org.channels.get(str(given.get("channel_id", "")))
        if known is None:
            details = {"channel_id": str(given.get("channel_id", ""))}
            results.append(problem("NOT_SUBSCRIBED", "the channel is not subscribed", details))
            continue
        events = tuple(given.get("events", known.events))
        if given.get("_delete_events"):
            events = tuple(event for event in known.events if event not in events)
        merged = {
            "channel_id": known.id, "notify_url": known.notify_url, "token": known.token,
            "channel_expiry": crm_time(known.expires), "return_affected_field_values": known.with_values,
            **given, "events": list(events),
        }  # fmt: skip
        channel = _channel(org, merged, 0) if events else None
        if isinstance(channel, dict):
            results.append(channel)
            continue
        org.set_channel(known.id, channel)
        message = _REMOVED if given.get("_delete_events") else _UPDATED
        results.append(_success(call, channel or known, message))
    return _reply(results, 200)


def details(call: Call) -> Reply:
    """Serve ``GET /actions/watch``."""
    wanted, module = call.query.get("channel_id"), call.query.get("module")
    rows = [
        {**event, "notify_url": channel.notify_url, "token": channel.token,
         "return_affected_field_values": channel.with_values, "notify_on_related_action": False}
        for channel in live_channels(organization(call))
        for event in _events(call, channel)
        if wanted in (None, channel.id) and module in (None, event["resource_name"])
    ]  # fmt: skip
    place = place_of(call, tokens=False)
    page = rows[place.skip : place.skip + place.per_page]
    if not page:
        return Reply(204)
    more = len(rows) > place.skip + len(page)
    info = {"per_page": place.per_page, "count": len(page), "page": place.page, "more_records": more}
    return Reply(200, {"watch": page, "info": info})


def unsubscribe(call: Call) -> Reply:
    """Serve ``DELETE /actions/watch?channel_ids=``."""
    org = organization(call)
    ids = [part.strip() for part in call.query.get("channel_ids", "").split(",") if part.strip()]
    if not ids:
        raise missing_param("channel_ids")
    results = []
    for channel_id in ids:
        if channel_id not in org.channels:
            results.append(problem("NOT_SUBSCRIBED", "the channel is not subscribed", {"channel_id": channel_id}))
            continue
        org.set_channel(channel_id, None)
        message = "Successfully un-subscribed from actions-watch"
        block = {"code": "SUCCESS", "details": {"channel_id": channel_id}, "message": message, "status": "success"}
        results.append(block)
    return _reply(results, 200)


def live_channels(org: SalesOrg) -> list[Channel]:
    """Return the channels that have not expired."""
    now = org.clock.seconds()
    return [channel for channel in org.channels.values() if channel.expires > now]


def _items(call: Call) -> list[Json]:
    given = json_body(call).get("watch")
    if not isinstance(given, list) or not given or not all(isinstance(item, dict) for item in given):
        where = {"api_name": "watch", "json_path": "$.watch"}
        raise refuse(400, "MANDATORY_NOT_FOUND", "required field not found", where)
    if len(given) > MAX_CHANNELS:
        raise too_many(MAX_CHANNELS, api_name="watch", json_path="$.watch")
    return given


def _channel(org: SalesOrg, given: Json, at: int) -> Channel | Json:
    """Return the channel that an item describes, or what is wrong with it."""
    for name in ("channel_id", "events", "notify_url"):
        if given.get(name) in (None, "", []):
            return _wrong("MANDATORY_NOT_FOUND", "required field not found", at, name)
    for event in given["events"] if isinstance(given["events"], list) else [None]:
        module, _, operation = str(event).partition(".")
        if module not in {*org.tables, "users"} or operation not in _OPERATIONS:
            return _wrong("INVALID_DATA", "invalid data", at, "events")
    token = given.get("token")
    if token is not None and len(str(token)) > _LONGEST_TOKEN:
        return _wrong("INVALID_DATA", "invalid data", at, "token", maximum_length=_LONGEST_TOKEN)
    if not str(given["notify_url"]).startswith(("http://", "https://")):
        return _wrong("INVALID_DATA", "invalid data", at, "notify_url")
    return Channel(
        id=str(given["channel_id"]),
        events=tuple(given["events"]),
        notify_url=str(given["notify_url"]),
        token=None if token is None else str(token),
        expires=_expiry(org, given.get("channel_expiry")),
        with_values=bool(given.get("return_affected_field_values")),
    )


def _expiry(org: SalesOrg, asked: Any) -> int:
    """Return the granted end: what was asked, unless that is nothing, past or too late."""
    longest, default = _LIMITS[org.product]
    now = org.clock.seconds()
    at = parse_time(asked) if isinstance(asked, str) else None
    return at if at is not None and now < at <= now + longest else now + default


def _wrong(code: str, message: str, at: int, name: str, **more: Any) -> Json:
    return problem(code, message, {**more, "api_name": name, "json_path": f"$.watch[{at}].{name}"})


def _events(call: Call, channel: Channel) -> list[Json]:
    org = organization(call)
    modules = dict.fromkeys(event.partition(".")[0] for event in channel.events)
    return [
        {
            "channel_expiry": crm_time(channel.expires),
            "resource_uri": f"{call.base_url}/{org.product}/{call.version}/{module}",
            "resource_id": org.tables[module].module.id if module in org.tables else "",
            "resource_name": module,
            "channel_id": channel.id,
        }
        for module in modules
    ]


def _success(call: Call, channel: Channel, message: str) -> Json:
    return {"code": "SUCCESS", "details": {"events": _events(call, channel)}, "message": message, "status": "success"}


def _reply(results: list[Json], all_good: int) -> Reply:
    good = sum(result["status"] == "success" for result in results)
    status = all_good if good == len(results) else 207 if good else 400
    return Reply(status, {"watch": results}, code=results[0]["code"])
