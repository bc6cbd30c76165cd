"""Who may log in, and the identity of the organizations that the sandbox serves.

These values are public and worth nothing: they open only a sandbox. They are constants so that a demo, a test
and a person reading the docs all use the same ones.
"""

from dataclasses import dataclass
from typing import Literal

Product = Literal["crm", "bigin", "books"]
"""The three Zoho products that the sandbox plays."""


@dataclass(frozen=True)
class Client:
    """One registered OAuth client with the refresh token it was granted.

    Attributes:
        product: The product whose scopes the grant covers; None where a code may cover any.
        client_id: OAuth client id.
        client_secret: OAuth client secret.
        refresh_token: Refresh token that never expires unless it is revoked; empty when nothing is granted yet.
        scopes: Scopes of the grant (zoho-api 1.5).
    """

    product: Product | None
    client_id: str
    client_secret: str
    refresh_token: str = ""
    scopes: tuple[str, ...] = ()


CRM_CLIENT = Client(
    product="crm",
    client_id="1000.SANDBOXCRM",
    client_secret="sandbox-crm-client-secret",  # noqa: S106 - opens nothing but a sandbox
    refresh_token="1000.sandbox.crm-refresh-token",  # noqa: S106
    scopes=(
        "ZohoCRM.modules.ALL",
        "ZohoCRM.settings.ALL",
        "ZohoCRM.users.ALL",
        "ZohoCRM.org.ALL",
        "ZohoCRM.coql.READ",
        "ZohoCRM.bulk.ALL",
        "ZohoCRM.notifications.ALL",
        "ZohoFiles.files.ALL",
        "ZohoSearch.securesearch.READ",
    ),
)
BOOKS_CLIENT = Client(
    product="books",
    client_id="1000.SANDBOXBOOKS",
    client_secret="sandbox-books-client-secret",  # noqa: S106 - opens nothing but a sandbox
    refresh_token="1000.sandbox.books-refresh-token",  # noqa: S106
    scopes=("ZohoBooks.fullaccess.all",),
)
BIGIN_CLIENT = Client(
    product="bigin",
    client_id="1000.SANDBOXBIGIN",
    client_secret="sandbox-bigin-client-secret",  # noqa: S106 - opens nothing but a sandbox
    refresh_token="1000.sandbox.bigin-refresh-token",  # noqa: S106
    scopes=(
        "ZohoBigin.modules.ALL",
        "ZohoBigin.settings.ALL",
        "ZohoBigin.users.ALL",
        "ZohoBigin.org.ALL",
        "ZohoBigin.coql.READ",
        "ZohoBigin.bulk.ALL",
        "ZohoBigin.notifications.ALL",
        "ZohoSearch.securesearch.READ",
    ),
)
SELF_CLIENT = Client(
    product=None,
    client_id="1000.SANDBOXSELF",
    client_secret="sandbox-self-client-secret",  # noqa: S106 - opens nothing but a sandbox
)
"""As a newcomer registers it: it serves all products, and each refresh token comes of a code (zoho-api 1.3)."""

CLIENTS = (CRM_CLIENT, BOOKS_CLIENT, BIGIN_CLIENT, SELF_CLIENT)


@dataclass(frozen=True)
class BooksOrganization:
    """A Books organization, as it is known before anything is in it.

    Attributes:
        id: Its organization id.
        name: Its name.
        portal: Name of its customer portal.
        id_prefix: What the ids of its records begin with.
    """

    id: str
    name: str
    portal: str
    id_prefix: str


BOOKS_ORGANIZATION = BooksOrganization("60001234567", "Sandbox Trading", "sandboxtrading", "6000123")
"""The first organization: the one that the page shows and that CSV files are loaded into."""

SECOND_BOOKS_ORGANIZATION = BooksOrganization("60007654321", "Sandbox Retail", "sandboxretail", "6000765")
"""Another one of the same user, empty at first, so that two integrations need not share one (CON-2)."""

BOOKS_ORGANIZATIONS = {one.id: one for one in (BOOKS_ORGANIZATION, SECOND_BOOKS_ORGANIZATION)}
"""Every Books organization by its id; the first is the user's default one."""

BOOKS_ORGANIZATION_ID = BOOKS_ORGANIZATION.id
"""Id of the first organization."""

CRM_TIME_ZONE = "America/Los_Angeles"
"""Time zone of the CRM organization; CRM times carry its offset."""

BOOKS_TIME_ZONE = "America/New_York"
"""Time zone of the Books organization, on purpose another one than the CRM's."""


@dataclass(frozen=True)
class Person:
    """A user of both organizations.

    Attributes:
        crm_id: User id on the sales side.
        books_id: User id in Books.
        zuid: Account id common to all Zoho products.
        first_name: First name.
        last_name: Last name.
        email: E-mail address.
    """

    crm_id: str
    books_id: str
    zuid: str
    first_name: str
    last_name: str
    email: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


CONNECTED_USER = Person(
    "5725767000000411001", "60001234500001", "805551001", "Naomi", "Fielding", "naomi@sandbox.example.com"
)
"""The user on whose behalf every built-in client acts."""

COLLEAGUE = Person(
    "5725767000000411002", "60001234500002", "805551002", "Taro", "Kitagawa", "taro@sandbox.example.com"
)
"""A second user, who owns some of the records."""

PEOPLE = (CONNECTED_USER, COLLEAGUE)
