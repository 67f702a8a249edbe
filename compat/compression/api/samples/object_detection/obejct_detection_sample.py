"""``compression.api.samples.object_detection.obejct_detection_sample``: not provided."""

from openpot.legacy.absent import refuse_module as refuse_module

refuse_module(__name__)
