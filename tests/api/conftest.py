"""The scripted Zoho."""

from tests.transport.scripted import connect, zoho, zoho_server

__all__ = ["connect", "zoho", "zoho_server"]
