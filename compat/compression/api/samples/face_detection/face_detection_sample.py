"""``compression.api.samples.face_detection.face_detection_sample``: not provided."""

from openpot.legacy.absent import refuse_module as refuse_module

refuse_module(__name__)
