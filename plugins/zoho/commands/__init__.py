"""The commands of ``zoho-sync``: each its own file; what a terminal shows of it stands beside, as ``*_view``."""
