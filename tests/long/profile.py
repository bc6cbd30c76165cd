"""A pytest plugin with the Hypothesis profile of the long run: many cases, all of them from the seed."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "long",
    max_examples=int(os.environ.get("ZOHO_LONG_CASES", "5000")),
    deadline=None,
    database=None,  # a case found by an earlier run would not come from the seed
    derandomize=False,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
