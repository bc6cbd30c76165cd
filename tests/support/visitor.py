"""Somebody with a browser at the page, without the browser."""

import re
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response

TOKEN = re.compile(r'data-token="([0-9a-f]+)"')


class Visitor:
    """A user of Airflow who looks at the page.

    Attributes:
        client: of the API server, with the cookies of this user.
    """

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self._name = "nobody"

    def login(self, role: str, name: str = "hanako") -> "Visitor":
        """Becomes a user of a role: viewer, user, op or admin."""
        from airflow.api_fastapi.app import get_auth_manager
        from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

        jwt = get_auth_manager().generate_jwt(SimpleAuthManagerUser(username=name, role=role.upper()))
        self.client.cookies.clear()
        self.client.cookies.set("_token", jwt)
        self._name = name
        return self

    def get(self, path: str, **headers: str) -> Response:
        """Opens an address, as a browser asks for it."""
        return self.client.get(path, headers={"Accept": "text/html", **headers}, follow_redirects=False)

    def see(self, path: str) -> str:
        """Opens an address that is there, and returns what it shows."""
        answer = self.get(path)
        assert answer.status_code == 200, (answer.status_code, answer.text[:500])
        return answer.text

    @property
    def token(self) -> str:
        """What the page put into its forms."""
        found = TOKEN.search(self.see("/"))
        assert found
        return found[1]

    def post(
        self, path: str, token: str | None = None, origin: str | None = "http://testserver", **fields: Any
    ) -> Response:
        """Sends a form, filled in on this page unless told otherwise."""
        headers = {"Accept": "text/html", **({"Origin": origin} if origin else {})}
        filled = {"token": self.token if token is None else token, **fields}
        return self.client.post(path, data=filled, headers=headers, follow_redirects=False)

    def submit(self, path: str, **fields: Any) -> Response:
        """Sends a form, and goes where it leads."""
        answer = self.post(path, **fields)
        assert answer.status_code == 303, (answer.status_code, answer.text[:1500])
        return self.get(answer.headers["Location"])
