"""The round-trip law of transforms, as a check that can be run on any values."""

from collections.abc import Iterable

from zoho.core.transforms.base import Scalar, Transform


def broken_law(transform: Transform, values: Iterable[Scalar]) -> list[str]:
    """Return how a transform breaks the round-trip law on some sales-side values; nothing when it keeps it.

    Checked are ``to_sales(to_books(x)) == normalise(x)``, and that the normal form means the same to Books:
    ``to_books(normalise(x)) == to_books(x)``. Without these two a value would travel for ever.

    Args:
        transform: the transform; a lossy one serves one direction and is not checked.
        values: values of the sales-side field. One that cannot be converted is passed over.
    """
    if transform.lossy:
        return []
    found = (_broken_by(transform, value) for value in values)
    return [sentence for sentence in found if sentence]


def _broken_by(transform: Transform, value: Scalar) -> str:
    try:
        there, normal = transform.to_books(value), transform.normalise(value)
    except ValueError:
        return ""
    try:
        back = None if there is None else transform.to_sales(there)
        again = None if normal is None else transform.to_books(normal)
    except ValueError as error:
        return f"{value!r} becomes {there!r} in Books and does not come back: {error}"
    if back != normal:
        return f"{value!r} becomes {there!r} in Books and comes back as {back!r}, not as {normal!r}"
    if again != there:
        return f"{value!r} becomes {there!r} in Books, but its normal form {normal!r} becomes {again!r}"
    return ""
