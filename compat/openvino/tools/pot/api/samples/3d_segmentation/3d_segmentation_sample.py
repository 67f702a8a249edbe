"""``openvino.tools.pot.api.samples.3d_segmentation.3d_segmentation_sample``: not provided."""

from openpot.legacy.absent import refuse_module as refuse_module

refuse_module(__name__)
