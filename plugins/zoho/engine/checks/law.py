"""The round-trip law, tried on transforms that users wrote (CUS-6, CON-4)."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from zoho.core.transforms.base import Scalar
from zoho.core.transforms.law import broken_law
from zoho.core.transforms.own import OwnTransform
from zoho.engine.checks.finding import Finding
from zoho.engine.checks.subject import Line, Subject

_TEXTS: Sequence[Scalar] = (
    "Zylker",
    "zylker",
    "  Two  words ",
    "ÄÖÜ ß é",
    "株式会社山田商店",
    "1,234.50",
    "a@example.com",
)
_NUMBERS: Sequence[Scalar] = (0, 1, 12345, Decimal(-7), Decimal("0.10"), Decimal("1234567.89"))
_TRUTHS: Sequence[Scalar] = (True, False)
_DATES: Sequence[Scalar] = ("2024-02-29", "1999-12-31")

SAMPLES: Mapping[str, Sequence[Scalar]] = {
    **dict.fromkeys(("integer", "long", "bigint", "double", "percent", "currency", "decimal"), _NUMBERS),
    "boolean": _TRUTHS,
    "date": _DATES,
}
"""Type of a sales-side field → values on which its transform is tried; every other type holds texts."""


def check_law(subject: Subject) -> Iterator[Finding]:
    """Own transforms that work both ways must lead back to where a value came from, else it travels for ever."""
    for line in subject.lines():
        if isinstance(line.transform, OwnTransform) and line.pair.travels == "both":
            broken = _broken(line, line.transform)
            if broken:
                more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
                advice = "correct it, give it normalise, or set direction"
                text = f"{line.transform.name} does not lead back: {broken[0]}{more}; {advice}"
                yield line.finding("transform", text, blocks=subject.two_way)


def _broken(line: Line, transform: OwnTransform) -> list[str]:
    if line.sales is not None:
        return broken_law(transform, line.sales.choices or SAMPLES.get(line.sales.type, _TEXTS))
    # Without the field's type a transform has to fail with all values that it takes: one of numbers may take
    # texts too and do something odd to them, which nobody will ever see.
    tried = [kind for kind in (_TEXTS, _NUMBERS, _TRUTHS) if any(_converts(transform, value) for value in kind)]
    found = [broken_law(transform, kind) for kind in tried]
    return found[0] if found and all(found) else []


def _converts(transform: OwnTransform, value: Scalar) -> bool:
    try:
        transform.to_books(value)
    except ValueError:
        return False
    return True
