"""``openvino.tools.pot.data_loaders``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openvino.tools.pot.data_loaders import creator as creator
from openvino.tools.pot.data_loaders import image_loader as image_loader
from openvino.tools.pot.data_loaders import utils as utils

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)
