import sys

import numpy as np

import openvino as ov
from openpot.graph.simplify import find_fused_operations, simplify
from openpot.graph.text import text_from_model
from openvino import opset13 as op
from toy_models import conv, normal, run


def front_end_model():
    """A convolution with batch normalisation and a spelled-out h-swish, as an ONNX front end leaves it."""
    rng = np.random.default_rng(0)
    data = op.parameter([1, 3, 8, 8], np.float32, name="data")
    x = conv(data, normal(rng, 4, 3, 3, 3), "Conv_7", 1)
    statistics = [op.constant(np.abs(normal(rng, 4)) + 1) for _ in range(4)]
    x = op.batch_norm_inference(x, *statistics, 1e-5, name="bn")
    gate = op.clamp(op.add(x, op.constant(np.float32(3)), name="plus3"), 0, 6, name="clip")
    x = op.multiply(op.multiply(x, gate, name="gated"), op.constant(np.float32(1 / 6)), name="hswish")
    return ov.Model([op.result(x)], [data], "front_end")


def types_and_names(model):
    return [
        (n.get_type_name(), n.get_friendly_name()) for n in model.get_ordered_ops() if n.get_type_name() != "Constant"
    ]


def test_layers_keep_the_names_they_had_in_the_file():
    model = front_end_model()
    simplify(model)
    assert types_and_names(model) == [
        ("Parameter", "data"),
        ("Convolution", "Conv_7"),
        ("Add", "bn"),
        ("HSwish", "hswish"),
        ("Result", "Result_1"),
    ]


def test_what_became_part_of_another_operation_is_known_by_copies_too():
    model = front_end_model()
    simplify(model)
    fused = {"plus3": "hswish", "clip": "hswish", "gated": "hswish"}
    assert find_fused_operations(model) == find_fused_operations(model.clone()) == fused


def test_notes_from_before_a_prefix_was_added_count():
    model = front_end_model()
    simplify(model)
    for node in model.get_ops():
        node.set_friendly_name(f"det_{node.get_friendly_name()}")
    assert find_fused_operations(model, "det_") == {f"det_{name}": "det_hswish" for name in ("plus3", "clip", "gated")}


def test_the_same_file_gives_the_same_names_each_time():
    first, second = front_end_model(), front_end_model()
    simplify(first)
    simplify(second)
    assert text_from_model(first) == text_from_model(second)


def test_names_that_are_made_up_begin_with_the_prefix():
    model = front_end_model()
    for node in model.get_ops():
        node.set_friendly_name(f"det_{node.get_friendly_name()}")
    simplify(model, "det_")
    assert {node.get_friendly_name()[:4] for node in model.get_ops()} == {"det_"}


def test_outputs_stay_the_same_to_the_bit_as_compiling_does_no_less():
    model = front_end_model()
    twin = model.clone()
    simplify(twin)
    data = np.random.default_rng(2).standard_normal((1, 3, 8, 8)).astype(np.float32)
    np.testing.assert_array_equal(run(model, data)[0], run(twin, data)[0])


def test_without_the_transformations_nodes_are_only_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino._offline_transformations", None)
    model = front_end_model()
    before = len(model.get_ops())
    simplify(model)
    assert len(model.get_ops()) == before
    assert ("Result", "Result_1") in types_and_names(model)
