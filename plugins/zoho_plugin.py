"""What Airflow loads of Zoho Sync by itself: the page in its menu and on its DAGs. The rest is in ``zoho``."""

from typing import Any

from airflow.plugins_manager import AirflowPlugin

from zoho.operators import preloading


class _Served:
    """The page, imported only where Airflow asks for it: to import it takes longer than many a task."""

    def __get__(self, plugin: object, kind: type) -> list[dict[str, Any]]:
        from zoho.web.app import app

        return [{"app": app, "url_prefix": "/zoho", "name": "Zoho Sync"}]


class ZohoPlugin(AirflowPlugin):
    """Adds the page *Zoho Sync* to Airflow."""

    name = "zoho"
    listeners = [preloading]  # noqa: RUF012 - Airflow's own type
    fastapi_apps = _Served()
    external_views = [  # noqa: RUF012
        {"name": "Zoho Sync", "href": "/zoho/", "destination": "nav", "url_route": "zoho", "nav_top_level": True},
        {"name": "Zoho Sync", "href": "/zoho/dag/{DAG_ID}", "destination": "dag", "url_route": "zoho_dag"},
    ]
