"""Which tests share a worker: those that share something dear to make.

By the path of a test, since pytest-xdist 3.8 cannot mark groups under pytest 9.
"""

from xdist.scheduler import LoadScopeScheduling

GROUPS = {
    "tests/airflow/test_customers_dag": "airflow",  # the first run of a DAG in a process costs seconds
    "tests/airflow/test_page": "airflow",
    "tests/test_secrets": "airflow",
    "tests/browser": "browser",  # one Airflow for all of them
    "tests/faults/test_clients": "faults",  # one table of all faults and operations is made for all of them
    "tests/faults/test_two_way_recovery": "faults",  # else one worker has both of the long ones
}
"""How the path of a test begins → its group; every other test is a group of its own."""


class GroupScheduling(LoadScopeScheduling):
    """Gives the tests of a group to one worker."""

    def _split_scope(self, nodeid: str) -> str:
        return next((group for start, group in GROUPS.items() if nodeid.startswith(start)), nodeid)
