"""Typed settings and field mappings, read from ``include/*.yaml``."""
