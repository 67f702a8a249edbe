"""Insertion as text, and what the runtime then computes."""

import numpy as np
import pytest

import openvino as ov
from openpot.config.quantizer import QuantizerConfig
from openpot.errors import ModelError
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.graph.tensor_id import InputId, TensorId
from openpot.graph.text import text_from_model
from openpot.numerics.fake_quantize import FakeQuantizeLimits, fake_quantize
from openpot.placement.place import PlacementRequest, plan_quantization
from openpot.placement.plan import PlannedQuantizer, QuantizationPlan, QuantizerKind
from openpot.rewrites.insert_fake_quantize import insert_fake_quantize
from openpot.scheme import PerChannel, PerGroup, PerTensor
from openvino import opset13 as op
from toy_models import worked_example


def quantizer(name, tensor, readers, granularity=None, kind=QuantizerKind.ACTIVATIONS, **more):
    levels = more.pop("levels", 256)
    places = tuple(InputId(*reader) for reader in readers)
    config = QuantizerConfig(granularity=granularity or PerTensor())
    return PlannedQuantizer(name, TensorId(tensor), places, kind, config, levels, **more)


def plan(*quantizers):
    return QuantizationPlan("CPU", "openpot", quantizers)


def limits(high, levels=256):
    """Symmetric limits; of 256 levels the lowest has no counterpart, so that zero is a level."""
    high = np.asarray(high, np.float32)
    return FakeQuantizeLimits.from_range(-high * (levels / (levels - 2) if levels % 2 == 0 else 1), high, levels)


def layer(dtype=np.float32):
    """data[1,2,3,3] -> conv (two filters) -> relu -> out, relu -> sum(relu, data)."""
    data = op.parameter([1, 2, 3, 3], dtype, name="data")
    weights = op.constant(np.arange(4, dtype=dtype).reshape(2, 2, 1, 1), name="w")
    conv = op.convolution(data, weights, [1, 1], [0, 0], [0, 0], [1, 1], name="conv")
    total = op.add(op.relu(conv, name="relu"), data, name="sum")
    total.output(0).get_tensor().set_names({"answer"})
    return ov.Model([op.result(total, name="out")], [data], "layer")


LISTING = """\
model:
  Parameter 'data'
  FakeQuantize 'conv/fq_input_0' (data) 256 levels -1.0079 1.0
  FakeQuantize 'conv/fq_weights_1' (w) 255 levels [[[[-1.0]]], [[[-3.0]]]] [[[[1.0]]], [[[3.0]]]]
  Convolution 'conv' (conv/fq_input_0, conv/fq_weights_1)
  Relu 'relu' (conv)
  Add 'sum' (relu, data)
  Result 'out' (sum)
"""


def listing(model):
    """Operations with their inputs by name, for FakeQuantize its levels and limits."""
    lines = ["model:"]
    for node in model.get_ordered_ops():
        kind, sources = node.get_type_name(), [value.get_node() for value in node.input_values()]
        line = f"  {kind} '{node.get_friendly_name()}'"
        if kind == "FakeQuantize":
            low, high = (sources[port].get_data().astype(float).round(4).tolist() for port in (1, 2))
            line += f" ({sources[0].get_friendly_name()}) {node.get_attributes()['levels']} levels {low} {high}"
        elif sources:
            line += f" ({', '.join(source.get_friendly_name() for source in sources)})"
        lines += [line] if kind != "Constant" else []
    return "\n".join(lines) + "\n"


PLAN = plan(
    quantizer("conv/fq_input_0", "data", [("conv", 0)]),
    quantizer("conv/fq_weights_1", "w", [("conv", 1)], PerChannel(0), QuantizerKind.WEIGHTS, levels=255),
)
LIMITS = {"conv/fq_input_0": limits(1.0), "conv/fq_weights_1": limits([1.0, 3.0], 255)}


def test_the_graph_afterwards():
    model = layer()
    result = insert_fake_quantize(model, PLAN, LIMITS)
    assert sorted(listing(model).splitlines()) == sorted(LISTING.splitlines())
    assert result.inserted == ("conv/fq_input_0", "conv/fq_weights_1")
    assert result.changed
    assert result.renamed == {}


def test_the_runtime_computes_with_quantized_values():
    model, data = layer(), np.linspace(-2, 2, 18, dtype=np.float32).reshape(1, 2, 3, 3)
    # Wide limits of the weights: small integers, which saturate on no processor.
    ends = {**LIMITS, "conv/fq_weights_1": limits([10.0, 30.0], 255)}
    insert_fake_quantize(model, PLAN, ends)
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    quantized = fake_quantize(data, ends["conv/fq_input_0"])
    by_filter = limits(np.array([10, 30]).reshape(2, 1, 1, 1), 255)
    weights = fake_quantize(np.arange(4, dtype=np.float32).reshape(2, 2, 1, 1), by_filter)
    expected = np.maximum(np.einsum("oi,nihw->nohw", weights[:, :, 0, 0], quantized), 0) + data
    np.testing.assert_allclose(compiled(data)["answer"], expected, atol=1e-4)


def test_halved_weights_have_limits_twice_as_wide_on_both_sides():
    model = layer()
    planned = quantizer("q", "w", [("conv", 1)], PerChannel(0), QuantizerKind.WEIGHTS, levels=255, halve_weights=True)
    insert_fake_quantize(model, plan(planned), {"q": limits([1.0, 3.0], 255)})
    (node,) = [node for node in model.get_ops() if node.get_type_name() == "FakeQuantize"]
    ends = [node.input_value(port).get_node().get_data().ravel().tolist() for port in (1, 2, 3, 4)]
    assert ends == [[-2, -6], [2, 6], [-2, -6], [2, 6]]


@pytest.mark.parametrize(
    ("granularity", "given", "shape"),
    [
        (PerTensor(), [1.0], [1]),
        (PerTensor(), 1.0, []),
        (PerChannel(1), [1.0, 2.0], [1, 2, 1, 1]),
        (PerChannel((0, 1)), [1.0, 2.0], [1, 2, 1, 1]),
        (PerChannel(1), np.ones((1, 2, 1, 1)), [1, 2, 1, 1]),
        (PerChannel(1), 1.0, []),
    ],
    ids=str,
)
def test_limits_broadcast_with_the_tensor(granularity, given, shape):
    model = layer()
    insert_fake_quantize(model, plan(quantizer("q", "data", [("conv", 0)], granularity)), {"q": limits(given)})
    (node,) = [node for node in model.get_ops() if node.get_type_name() == "FakeQuantize"]
    assert list(node.input_value(1).get_shape()) == shape


def test_limits_of_groups_reach_every_weight_of_their_group():
    model = layer()
    planned = quantizer("q", "w", [("conv", 1)], PerGroup(1, 0, 1), QuantizerKind.WEIGHTS, levels=255)
    insert_fake_quantize(model, plan(planned), {"q": limits([1.0, 2.0, 3.0, 4.0], levels=255)})
    (node,) = [node for node in model.get_ops() if node.get_type_name() == "FakeQuantize"]
    assert node.input_value(2).get_node().data[:, :, 0, 0].tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_limits_of_a_tensor_with_dynamic_sizes():
    data = op.parameter([-1, -1, -1, -1], np.float32, name="data")
    model = ov.Model([op.result(op.relu(data, name="relu"))], [data])
    insert_fake_quantize(
        model, plan(quantizer("q", "data", [("relu", 0)], PerChannel(1))), {"q": limits([1.0, 2.0, 3.0])}
    )
    (node,) = [node for node in model.get_ops() if node.get_type_name() == "FakeQuantize"]
    assert list(node.input_value(1).get_shape()) == [1, 3, 1, 1]


@pytest.mark.parametrize(
    ("planned", "given", "message"),
    [
        (quantizer("q", "data", [("conv", 0)]), {}, "no limits were given for the quantizer 'q' on data"),
        (quantizer("q", "data", [("conv", 0)]), {"q": limits(1.0, 255)}, "planned with 256 levels.*for 255"),
        (quantizer("q", "data", [("conv", 0)]), {"q": limits([1.0, 2.0])}, "planned per tensor"),
        (
            quantizer("q", "data", [("conv", 0)], PerChannel(1)),
            {"q": limits([1.0, 2.0, 3.0])},
            r"along axes \(1,\) of a tensor of shape \[1, 2, 3, 3\], given limits of shape \(3,\)",
        ),
        (quantizer("q", "data", [("relu", 0)]), {"q": limits(1.0)}, "input relu\\[0\\] does not read data"),
    ],
    ids=["missing", "levels", "per tensor", "channels", "reader"],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(planned, given, message):
    model = layer()
    before = text_from_model(model)
    with pytest.raises(ModelError, match=message):
        insert_fake_quantize(model, plan(planned), given)
    assert text_from_model(model) == before


def test_models_in_half_precision_keep_their_type():
    model = layer(np.float16)
    insert_fake_quantize(model, PLAN, LIMITS)
    types = {
        node.output(0).get_element_type().to_string() for node in model.get_ops() if "fq" in node.get_friendly_name()
    }
    assert "f16" in types
    assert model.output("answer").get_element_type() == ov.Type.f16
    data = np.full((1, 2, 3, 3), 0.5, np.float16)
    assert np.isfinite(ov.Core().compile_model(model, "CPU")(data)["answer"]).all()


def unit_limits(planned):
    """Limits up to 1, from 0 behind activation functions."""
    return {
        one.name: FakeQuantizeLimits.from_range(np.zeros(()), np.ones(()), one.levels)
        if one.tensor.node.startswith("relu")
        else limits(1.0, one.levels)
        for one in planned.quantizers
    }


def test_a_quantizer_before_an_output_takes_its_name():
    model = worked_example()
    planned = plan_quantization(snapshot_from_model(model), PlacementRequest(target_device="GNA", placement="pot"))
    result = insert_fake_quantize(model, planned, unit_limits(planned))
    nodes = {node.get_friendly_name(): node.get_type_name() for node in model.get_ops()}
    assert result.renamed == {"prob": "prob/pre_fq_input"}
    assert nodes["prob"] == "FakeQuantize"
    assert nodes["prob/pre_fq_input"] == "Softmax"


@pytest.mark.parametrize("placement", ["openpot", "pot"])
def test_planned_layers_run_in_int8(placement):
    model = worked_example()
    planned = plan_quantization(snapshot_from_model(model), PlacementRequest(placement=placement))
    insert_fake_quantize(model, planned, unit_limits(planned))
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    kinds = [
        (node.get_rt_info()["layerType"].astype(str), node.get_rt_info()["runtimePrecision"].astype(str))
        for node in compiled.get_runtime_model().get_ordered_ops()
    ]
    layers = [precision for kind, precision in kinds if kind in ("Convolution", "Deconvolution", "FullyConnected")]
    assert len(layers) == 8
    assert set(layers) <= {"i8", "u8"}
