"""``openvino.tools.pot.algorithms.finetuning``: historic names of openpot."""

__all__: list[str] = []
