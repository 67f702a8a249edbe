"""Shared set-up of the test suite."""

import sys
from pathlib import Path

from openpot.algorithms import placement

sys.path.insert(0, str(Path(__file__).parent))

# Plans must not depend on the machine that runs the tests; processors with slow INT8 products have tests of their own.
placement.has_slow_int8_products = lambda: False
