"""``openvino.tools.pot.data_loaders.ac_data_loader``: not provided."""

from openpot.legacy.absent import refuse_module as refuse_module

refuse_module(__name__)
