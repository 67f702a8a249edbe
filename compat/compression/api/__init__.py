"""``compression.api``: historic names of openpot."""

from compression.api import data_loader as data_loader
from compression.api import engine as engine
from compression.api import metric as metric
from compression.api import samples as samples
from openpot.data.loader import DataLoader as DataLoader
from openpot.data.metric import Metric as Metric
from openpot.engine.base import Engine as Engine
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__ = [
    "DataLoader",
    "Engine",
    "Metric",
]

__getattr__ = refuse_absent_names(__name__)
