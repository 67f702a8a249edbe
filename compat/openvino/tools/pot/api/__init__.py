"""``openvino.tools.pot.api``: historic names of openpot."""

from openpot.data.loader import DataLoader as DataLoader
from openpot.data.metric import Metric as Metric
from openpot.engine.base import Engine as Engine
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openvino.tools.pot.api import data_loader as data_loader
from openvino.tools.pot.api import engine as engine
from openvino.tools.pot.api import metric as metric
from openvino.tools.pot.api import samples as samples

__all__ = [
    "DataLoader",
    "Engine",
    "Metric",
]

__getattr__ = refuse_absent_names(__name__)
