"""The query parameters and headers that endpoints read, by the name their tables give them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.defaults import BOOKS_ORGANIZATIONS
from sandbox.wire import Json

_TEXT: Json = {"type": "string"}
_WHOLE: Json = {"type": "integer", "minimum": 1}
_PAGE_SIZE: Json = {"type": "integer", "minimum": 1, "maximum": 200, "default": 200}
_AMOUNT: Json = {"type": "number"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter or header.

    Attributes:
        name: Its name.
        text: What it does.
        schema: JSON Schema of its value.
        where: ``query`` or ``header``.
    """

    name: str
    text: str
    schema: Json
    where: Literal["query", "header"] = "query"

    def described(self) -> Json:
        """Return it as OpenAPI does."""
        return {"name": self.name, "in": self.where, "description": self.text, "schema": self.schema}


def _one_of(*values: str) -> Json:
    return {"type": "string", "enum": list(values)}


def _both(name: str, text: str, schema: Json, *more: str) -> Iterator[Parameter]:
    """Yield a parameter and its variants, such as ``email`` and ``email_contains``."""
    yield Parameter(name, text, schema)
    for ending in more:
        yield Parameter(f"{name}_{ending}", f"{text}: {ending.replace('_', ' ')} it", schema)


_ALL = (
    Parameter("fields", "API names of at most 50 fields, separated by commas", _TEXT),
    Parameter("page", "Number of the page", _WHOLE),
    Parameter("per_page", "Rows on a page", _PAGE_SIZE),
    Parameter("page_token", "What the page before gave as next_page_token", _TEXT),
    Parameter("sort_by", "Order of the list", _one_of("id", "Created_Time", "Modified_Time")),
    Parameter(
        "sort_order", "Upwards (asc, in Books A) or downwards (desc, in Books D)", _one_of("asc", "desc", "A", "D")
    ),
    Parameter("sort_column", "Order of the list", _TEXT),
    Parameter("cvid", "Id of a custom view", _TEXT),
    Parameter("ids", "Ids separated by commas", _TEXT),
    Parameter("pipeline_id", "Id of a team pipeline of Bigin", _TEXT),
    Parameter("criteria", "Such as ((Last_Name:equals:Burns)and(First_Name:starts_with:M))", _TEXT),
    Parameter("email", "E-mail address", _TEXT),
    Parameter("phone", "Phone number", _TEXT),
    Parameter("word", "At least two characters of some text", {"type": "string", "minLength": 2}),
    Parameter("type", "Kind of rows", _TEXT),
    Parameter("module", "API name of the module", _TEXT),
    Parameter("layout_id", "Id of a layout", _TEXT),
    Parameter("channel_id", "Id of a notification channel", _TEXT),
    Parameter("channel_ids", "Ids of notification channels, separated by commas", _TEXT),
    Parameter(
        "If-Modified-Since", "Only what was written at this ISO 8601 or RFC 1123 time or later", _TEXT, "header"
    ),
    Parameter("If-Unmodified-Since", "Refuse the write if the record was written after this time", _TEXT, "header"),
    Parameter("feature", "What the file is for", _one_of("bulk-write"), "header"),
    Parameter("X-CRM-ORG", "zgid of the organization", _TEXT, "header"),
    Parameter("organization_id", "Id of the Books organization", _one_of(*BOOKS_ORGANIZATIONS)),
    Parameter("filter_by", "Such as Status.Active", _TEXT),
    Parameter("search_text", "Part of a text", _TEXT),
    Parameter("contact_type", "Customers or vendors", _one_of("customer", "vendor")),
    Parameter("last_modified_time", "Only what was written at this time or later", _TEXT),
    Parameter("entity", "Kind of record that the fields belong to", _TEXT),
    Parameter("status", "Status of the document", _TEXT),
    Parameter("contact_ids", "Ids separated by commas", _TEXT),
    Parameter("item_ids", "Ids separated by commas", _TEXT),
    Parameter("estimate_ids", "Ids separated by commas", _TEXT),
    Parameter("invoice_ids", "Ids separated by commas", _TEXT),
    Parameter("estimate_ids", "Ids separated by commas", _TEXT),
    Parameter("salesorder_id", "Id of a sales order", _TEXT),
    Parameter("customer_id", "Id of a customer", _TEXT),
    Parameter("vendor_id", "Id of a vendor", _TEXT),
    Parameter("zcrm_potential_id", "Id of a deal in the CRM", _TEXT),
    Parameter("customview_id", "Id of a custom view", _TEXT),
    Parameter("send", "Whether the document is sent at once", _one_of("true", "false")),
    Parameter("ignore_auto_number_generation", "Whether the client numbers the document", _one_of("true", "false")),
    Parameter("item_id", "Only documents with this item", _TEXT),
    Parameter("customer_id", "Only documents of this customer", _TEXT),
    Parameter("vendor_id", "Only documents of this vendor", _TEXT),
    Parameter("salesorder_id", "Id of the sales order", _TEXT),
    Parameter("customview_id", "Id of a custom view", _TEXT),
    Parameter("send", "Whether the document is also sent", _one_of("true", "false")),
    Parameter("ignore_auto_number_generation", "Whether the given number is taken", _one_of("true", "false")),
    Parameter("X-Unique-Identifier-Key", "API name of a unique custom field", _TEXT, "header"),
    Parameter("X-Unique-Identifier-Value", "Value that names the record", _TEXT, "header"),
    Parameter("X-Upsert", "Make the record if none has the value", _one_of("true", "false"), "header"),
    *_both("rate", "Price", _AMOUNT, "less_than", "less_equals", "greater_than", "greater_equals"),
    *(
        variant
        for name in ("contact_name", "company_name", "first_name", "last_name", "address", "name", "description")
        for variant in _both(name, f"The {name.replace('_', ' ')}", _TEXT, "startswith", "contains")
    ),
)

PARAMETERS: dict[str, Parameter] = {item.name: item for item in _ALL}
"""All parameters by name."""


def path_parameter(name: str, **schema: Any) -> Json:
    """Return a parameter of the path as OpenAPI describes it."""
    shown = schema or {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "schema": shown}
