"""The page at ``/``: both organizations side by side."""
