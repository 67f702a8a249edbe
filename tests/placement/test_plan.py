import dataclasses

from openpot.config.quantizer import QuantizerConfig
from openpot.graph.tensor_id import InputId, TensorId
from openpot.placement.plan import OperationDecision, PlannedQuantizer, QuantizationPlan, QuantizerKind


def planned(name, kind):
    return PlannedQuantizer(name, TensorId("t"), (InputId("r", 0),), kind, QuantizerConfig(), 256)


WEIGHTS, ACTIVATIONS = planned("w", QuantizerKind.WEIGHTS), planned("a", QuantizerKind.ACTIVATIONS)
DECISION = OperationDecision("conv", "Convolution", True, "quantized", ("w", "a"))


def test_quantizers_by_kind():
    plan = QuantizationPlan("CPU", "openpot", (WEIGHTS, ACTIVATIONS))
    assert plan.of_kind(QuantizerKind.WEIGHTS) == (WEIGHTS,)
    assert plan.of_kind(QuantizerKind.ACTIVATIONS, QuantizerKind.OUTPUTS) == (ACTIVATIONS,)


def test_plans_of_several_graphs_become_one_with_groups_apart():
    one = QuantizationPlan("CPU", "openpot", (dataclasses.replace(WEIGHTS, group=0),), (DECISION,), ("careful",))
    two = QuantizationPlan("CPU", "openpot", (dataclasses.replace(ACTIVATIONS, group=0), ACTIVATIONS))
    both = one.merged_with(two)
    assert [quantizer.name for quantizer in both.quantizers] == ["w", "a", "a"]
    assert [quantizer.group for quantizer in both.quantizers] == [0, 1, None]
    assert both.decisions == (DECISION,)
    assert both.warnings == ("careful",)
