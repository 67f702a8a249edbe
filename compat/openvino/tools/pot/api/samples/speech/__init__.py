"""``openvino.tools.pot.api.samples.speech``: historic names of openpot."""

__all__: list[str] = []
