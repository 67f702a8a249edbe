"""``compression.api``: historic names of openpot."""

from compression.api import data_loader as data_loader
from compression.api import engine as engine
from compression.api import metric as metric
from compression.api import samples as samples
from openpot.data.loader import DataLoader as DataLoader
from openpot.data.metric import Metric as Metric
from openpot.engine.base import Engine as Engine

__all__ = [
    "DataLoader",
    "Engine",
    "Metric",
]
