"""Filling the sandbox from CSV files."""

from sandbox.loading.loader import load_texts
from sandbox.loading.tables import LoadError

__all__ = ["LoadError", "load_texts"]
