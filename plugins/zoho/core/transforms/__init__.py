"""Transforms: how a field's value is translated between the sales side and Books (CUS-6)."""
