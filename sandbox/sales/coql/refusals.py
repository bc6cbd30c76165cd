"""How a query is refused (zoho-api 2.9; the codes and messages of Zoho's OpenAPI file coql)."""

from sandbox.sales.refusals import refuse


def no_clause(clause: str) -> Exception:
    """The query ends, or goes on with something else, where a clause ought to be."""
    return refuse(400, "SYNTAX_ERROR", "missing clause", {"clause": clause})


def unreadable(text: str, at: int) -> Exception:
    """The query cannot be read from a position of its text on."""
    before = text[:at]
    line, column = before.count("\n") + 1, at - before.rfind("\n")
    details = {"line": line, "column": column, "near": text[at : at + 20]}
    return refuse(400, "SYNTAX_ERROR", "error occurred while parsing the query", details)


def unknown_column(name: str, module: str) -> Exception:
    """A module has no such field."""
    details = {"column_name": name, "module": module, "reason": "column given seems to be invalid"}
    return refuse(400, "INVALID_QUERY", "column given seems to be invalid", details)


def bad_type(name: str, data_type: str) -> Exception:
    """A field's type cannot be used where the query uses it."""
    details = {"column_name": name, "data_type": data_type}
    return refuse(400, "INVALID_QUERY", "data type not supported", details)


def bad_operator(name: str, operator: str) -> Exception:
    """There is no such comparator."""
    details = {"column_name": name, "operator": operator, "reason": "invalid operator"}
    return refuse(400, "INVALID_QUERY", "invalid query formed", details)


def bad_value(name: str, expected: str) -> Exception:
    """A value is of another type than the field that it is compared with."""
    details = {"column_name": name, "expected_data_type": expected}
    return refuse(400, "INVALID_QUERY", "value given seems to be invalid for the column", details)


def not_grouped(name: str) -> Exception:
    """A query with groups uses a column that its groups do not share."""
    details = {"column_name": name, "clause": "group by", "reason": "column is not in the group by clause"}
    return refuse(400, "INVALID_QUERY", "invalid query formed", details)


def too_many(limit: int, clause: str) -> Exception:
    """A clause holds more than it may."""
    return refuse(400, "LIMIT_EXCEEDED", "limit exceeded", {"limit": limit, "clause": clause})


def duplicate(name: str, clause: str) -> Exception:
    """A clause names the same thing twice."""
    return refuse(400, "DUPLICATE_DATA", "duplicate data", {"column_name": name, "clause": clause})


def duplicate_alias(alias: str) -> Exception:
    """Two columns have the same alias."""
    return refuse(400, "DUPLICATE_ALIAS", "duplicate alias", {"alias": alias})


def empty_alias() -> Exception:
    """An alias is empty."""
    return refuse(400, "INVALID_ALIAS", "alias name cannot be empty", {"clause": "select"})
