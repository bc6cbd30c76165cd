"""A pytest plugin with the Hypothesis profile of mutation tests: few cases, always the same, none made smaller."""

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "mutants",
    max_examples=50,
    deadline=None,
    database=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
