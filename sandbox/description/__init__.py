"""How the sandbox describes its own API under ``/openapi.json`` and ``/docs``."""
