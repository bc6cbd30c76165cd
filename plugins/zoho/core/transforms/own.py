"""Transforms that a user wrote."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zoho.core.records import Plain, canonical
from zoho.core.transforms.base import Scalar, Transform, quoted


@dataclass(frozen=True, slots=True)
class OwnTransform(Transform):
    """A user's function or object, with its mistakes turned into errors of the record at hand.

    Attributes:
        name: what the mapping calls it.
        made: a function, which serves one direction; or an object with ``to_books`` and ``to_sales``, and with
            ``normalise`` where the way to Books and back changes how a value is written. ``lossy = True`` on the
            object says that it serves one direction only.
    """

    name: str
    made: Any

    @property
    def lossy(self) -> bool:
        """Always for a function; else as the object says."""
        return not hasattr(self.made, "to_sales") or bool(getattr(self.made, "lossy", False))

    def to_books(self, value: Scalar) -> Plain:
        """Return what the user's code makes of a sales-side value."""
        return self._call(getattr(self.made, "to_books", self.made), value)

    def to_sales(self, value: Scalar) -> Plain:
        """Return what the user's code makes of a Books value."""
        return self._call(getattr(self.made, "to_sales", self.made), value)

    def normalise(self, value: Scalar) -> Plain:
        """Return what the user's code calls normal; without that, the value itself."""
        normalise = getattr(self.made, "normalise", None)
        return self._call(normalise, value) if normalise else value

    def _call(self, function: Callable[[Scalar], Any], value: Scalar) -> Plain:
        try:
            return canonical(function(value))
        except ValueError as error:
            raise ValueError(f"{self.name}: {error}") from error
        except Exception as error:
            raise ValueError(f"{self.name} failed on {quoted(value)}: {type(error).__name__}: {error}") from error
