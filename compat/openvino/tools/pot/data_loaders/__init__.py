"""``openvino.tools.pot.data_loaders``: historic names of openpot."""

from openvino.tools.pot.data_loaders import creator as creator
from openvino.tools.pot.data_loaders import image_loader as image_loader
from openvino.tools.pot.data_loaders import utils as utils

__all__: list[str] = []
