"""``compression``: historic names of openpot."""

from compression import api as api
from compression import engines as engines
from compression import graph as graph
from compression import pipeline as pipeline
from compression import samplers as samplers
from compression import statistics as statistics
from compression import utils as utils
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)
