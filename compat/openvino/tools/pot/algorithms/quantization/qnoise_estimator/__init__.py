"""``openvino.tools.pot.algorithms.quantization.qnoise_estimator``: historic names of openpot."""

__all__: list[str] = []
