"""What Airflow loads of Zoho Sync by itself: the page in its menu and on its DAGs. The rest is in ``zoho``."""

from airflow.plugins_manager import AirflowPlugin

from zoho.operators import preloading
from zoho.web.app import app


class ZohoPlugin(AirflowPlugin):
    """Adds the page *Zoho Sync* to Airflow."""

    name = "zoho"
    listeners = [preloading]  # noqa: RUF012 - Airflow's own type
    fastapi_apps = [{"app": app, "url_prefix": "/zoho", "name": "Zoho Sync"}]  # noqa: RUF012
    external_views = [  # noqa: RUF012
        {"name": "Zoho Sync", "href": "/zoho/", "destination": "nav", "url_route": "zoho", "nav_top_level": True},
        {"name": "Zoho Sync", "href": "/zoho/dag/{DAG_ID}", "destination": "dag", "url_route": "zoho_dag"},
    ]
