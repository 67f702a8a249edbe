"""``openvino.tools.pot.api.samples``: historic names of openpot."""

from openvino.tools.pot.api.samples import utils as utils

__all__: list[str] = []
