"""Shared set-up of the test suite."""

import sys
from pathlib import Path

from hypothesis import settings

from openpot.algorithms import placement

sys.path.insert(0, str(Path(__file__).parent))

from emulated_processor import follow_emulation

follow_emulation()

# Plans must not depend on the machine that runs the tests; processors with slow INT8 products have tests of their own.
placement.has_slow_int8_products = lambda: False

# How long an example takes says more about what else runs on the machine than about the code.
settings.register_profile("openpot", deadline=None)
settings.load_profile("openpot")
