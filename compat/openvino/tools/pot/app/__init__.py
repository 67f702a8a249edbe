"""``openvino.tools.pot.app``: historic names of openpot."""

__all__: list[str] = []
