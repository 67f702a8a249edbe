"""Made-up results for the tests of the report."""

from openpot.config.quantizer import QuantizerConfig
from openpot.graph.tensor_id import InputId, TensorId
from openpot.measure.output_distance import OutputDistance
from openpot.measure.speed import Ratio, SpeedResult
from openpot.placement.plan import OperationDecision, PlannedQuantizer, QuantizationPlan, QuantizerKind
from openpot.report.quantization_result import QuantizationResult
from openpot.report.records import LayerRecord, Status
from openpot.scheme import PerChannel, PerTensor


def quantizer(name, kind, granularity):
    config = QuantizerConfig(granularity=granularity)
    return PlannedQuantizer(name, TensorId(f"{name}_source"), (InputId("conv", 1),), kind, config, 255)


PLAN = QuantizationPlan(
    "CPU",
    "openpot",
    (
        quantizer("conv/fq_weights_1", QuantizerKind.WEIGHTS, PerChannel(0)),
        quantizer("conv/fq_input_0", QuantizerKind.ACTIVATIONS, PerTensor()),
    ),
    (
        OperationDecision("conv", "Convolution", True, "runs in INT8", ("conv/fq_weights_1", "conv/fq_input_0")),
        OperationDecision("head", "MatMul", False, "named in the ignored scope"),
    ),
)


def example_result(**changes):
    ratio = Ratio(2.5, 2.4, 2.6)
    fields = {
        "model": None,
        "plan": PLAN,
        "status": Status.DONE,
        "size_before": 4_000_000,
        "size_after": 1_000_000,
        "samples_used": 30,
        "metric_before": {"accuracy": 0.912},
        "metric_after": {"accuracy": 0.9105},
        "metric_samples": 200,
        "output_error": (OutputDistance("logits", 0.0123, 38.2, 30), OutputDistance("constant", None, None, 30)),
        "compared_held_out": 24,
        "speedup": SpeedResult(ratio, Ratio(1.9, 1.8, 2.0), Ratio(1.0, 0.98, 1.02), 15, 20),
        "layers": (
            LayerRecord("conv", "Convolution", "i8", True, "runs in INT8"),
            LayerRecord("head", "MatMul", "f32", False, "named in the ignored scope"),
        ),
        "warnings": ("sample 3: a warning",),
        "settings": {"model": "net.onnx", "preset": "performance", "seed": 0},
    }
    return QuantizationResult(**(fields | changes))
