"""Property tests without a clock, and the same cases on every run."""

from hypothesis import settings

settings.register_profile("numerics", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("numerics")
