"""Custom views of contacts and items in Books (zoho-api 3.8)."""

import pytest

from tests.sandbox.client import Zoho


def _listed(zoho: Zoho, kind: str, view: str) -> list[str]:
    answer = zoho.books("GET", f"/{kind}", params={"customview_id": view}).json()
    name = {"contacts": "contact_name", "items": "name"}[kind]
    return [row[name] for row in answer[kind]]


def _view(zoho: Zoho, kind: str, title: str) -> str:
    views: list[dict[str, str]] = zoho.control("GET", "/books_views")[kind]
    return next(view["customview_id"] for view in views if view["title"] == title)


def test_a_view_limits_a_list_where_books_heeds_it(empty: Zoho) -> None:
    """CUS-5: with the switch a list shows what the view holds at that moment; without it, everything."""
    empty.customer(contact_name="Tokyo", billing_address={"country": "Japan"})
    empty.customer(contact_name="Paris")
    empty.books("POST", "/items", json={"name": "Advice", "rate": 1, "product_type": "service"})
    empty.books("POST", "/items", json={"name": "Tea", "rate": 1})
    in_japan, services = _view(empty, "contacts", "Contacts in Japan"), _view(empty, "items", "Services")
    assert _listed(empty, "contacts", in_japan) == ["Paris", "Tokyo"]
    empty.control("PUT", "/settings", json={"books_custom_views_everywhere": True})
    assert _listed(empty, "contacts", in_japan) == ["Tokyo"]
    assert _listed(empty, "items", services) == ["Advice"]
    recent = _view(empty, "contacts", "Recently Created Contacts")
    assert _listed(empty, "contacts", recent) == ["Paris", "Tokyo"]
    empty.control("POST", "/clock", json={"advance": 8 * 86_400})
    empty.forget_tokens()
    assert _listed(empty, "contacts", recent) == []


@pytest.mark.parametrize("kind", ["contacts", "items"])
def test_a_view_that_is_not_there_is_refused(empty: Zoho, kind: str) -> None:
    """CUS-5: code 4, as for any value that Books does not take."""
    empty.control("PUT", "/settings", json={"books_custom_views_everywhere": True})
    answer = empty.books("GET", f"/{kind}", params={"customview_id": "1"})
    assert (answer.status_code, answer.json()["code"]) == (400, 4)
