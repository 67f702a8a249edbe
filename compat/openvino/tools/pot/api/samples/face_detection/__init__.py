"""``openvino.tools.pot.api.samples.face_detection``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)
