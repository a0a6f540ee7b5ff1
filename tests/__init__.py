"""A package of our own, so that nobody else's `tests` is taken for it: some of what is installed brings one."""

from hypothesis import HealthCheck, settings

# A busy machine is not a fault: no example is given a time, and none is called too slow to make.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")
