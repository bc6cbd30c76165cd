"""Measurements: never part of the tests, since a figure is no verdict on a shared machine."""
