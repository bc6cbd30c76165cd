"""Notification channels."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from zohocrmsdk.src.com.zoho.crm.api.notifications import (
    BodyWrapper,
    DeleteNotificationParam,
    GetNotificationsParam,
    Notification,
    NotificationsOperations,
)

from tests.conformance.sdk.session import answered, log_in, parameters


def run(base: str, folder: Path) -> Iterator[str]:
    """Play the scenario, yielding each step that went well."""
    log_in(base, folder)
    watch = NotificationsOperations()
    assert watch.get_notifications().get_status_code() == 204
    yield "no channel yet"
    now = datetime.now(UTC).replace(microsecond=0)
    wanted = {"channel_expiry": now + timedelta(days=2), "events": ["Deals.all", "Contacts.create"]}
    (result,) = answered(watch.enable_notifications(_channel(**wanted)), 201).get_watch()
    events = result.get_details()["events"]
    assert {event.get_resource_name() for event in events} == {"Deals", "Contacts"}
    assert all(event.get_channel_expiry() == wanted["channel_expiry"] for event in events)
    yield "subscribe to two modules for two days"
    listed = answered(watch.get_notifications(parameters({GetNotificationsParam.channel_id: 1000000068001})))
    assert {item.get_resource_name() for item in listed.get_watch()} == {"Deals", "Contacts"}
    assert {item.get_token() for item in listed.get_watch()} == {"a secret"}
    yield "list the channel"
    late = {**wanted, "channel_expiry": now + timedelta(days=30)}
    (result,) = answered(watch.update_notifications(_channel(**late))).get_watch()
    granted = result.get_details()["events"][0].get_channel_expiry()
    assert granted - now < timedelta(hours=2)
    yield "replace it, asking for more than a week, and be granted an hour"
    (result,) = answered(watch.update_notification(_channel(**wanted))).get_watch()
    assert result.get_details()["events"][0].get_channel_expiry() == wanted["channel_expiry"]
    yield "renew it"
    (result,) = answered(watch.disable_notification(_channel(events=["Deals.all"], delete_events=True))).get_watch()
    assert result.get_status().get_value() == "success"
    listed = answered(watch.get_notifications(parameters({GetNotificationsParam.channel_id: 1000000068001})))
    assert [item.get_resource_name() for item in listed.get_watch()] == ["Contacts"]
    yield "unsubscribe one event"
    (result,) = answered(
        watch.delete_notification(parameters({DeleteNotificationParam.channel_ids: "1000000068001"}))
    ).get_watch()
    assert result.get_status().get_value() == "success"
    assert watch.get_notifications().get_status_code() == 204
    yield "unsubscribe the channel"


def _channel(**values: Any) -> BodyWrapper:
    channel = Notification()
    channel.set_channel_id("1000000068001")
    channel.set_notify_url("http://127.0.0.1:1/hook")
    channel.set_token("a secret")
    for name, value in values.items():
        getattr(channel, f"set_{name}")(value)
    wrapper = BodyWrapper()
    wrapper.set_watch([channel])
    return wrapper
