"""``openvino.tools.pot.api.samples.object_detection``: historic names of openpot."""

__all__: list[str] = []
