"""One graph that is many quantized models: each of its settings computes what the model made for it computes."""

import numpy as np
import pytest

import openvino as ov
from openpot.errors import ModelError, UnknownNameError
from openpot.graph.tensor_id import InputId, TensorId
from openpot.graph.text import text_from_model
from openpot.numerics.fake_quantize import FakeQuantizeLimits, fake_quantize
from openpot.trial.shift_inputs import ShiftPlace
from openpot.trial.switched_quantizer import TrialQuantizer
from openpot.trial.switched_weights import TrialWeights
from openpot.trial.trial_graph import build_reference_graph, build_trial_graph
from openvino import opset13 as op
from toy_models import conv, images, normal, run, tiny_cnn

DATA, RELU1, FC = TensorId("data"), TensorId("relu1"), TensorId("fc_bias")
LAYERS = {
    "conv1": ShiftPlace(TensorId("conv1"), 1, 8),
    "conv2": ShiftPlace(TensorId("conv2"), 1, 8),
    "fc": ShiftPlace(TensorId("fc"), -1, 5),
}


def limits(low, high, levels=256):
    return FakeQuantizeLimits.from_range(np.array(low, np.float32), np.array(high, np.float32), levels)


BOTH = ("data/fq", "relu/fq", "conv1/fq_w", "fc/fq_w")
WIDE, NARROW = limits(-4.0, 4.0, 16), limits(-0.5, 0.5, 16)


def on_data(*candidates):
    return TrialQuantizer("data/fq", DATA, (InputId("conv1", 0),), candidates)


def on_relu(*candidates):
    return TrialQuantizer("relu/fq", RELU1, (InputId("conv2", 0),), candidates)


def rounded_weights(model, name="conv1", steps=3.0):
    """Weights of a layer rounded coarsely, as a quantizer of weights would."""
    value = next(node for node in model.get_ops() if node.get_friendly_name() == f"{name}_w").data
    return TrialWeights(f"{name}/fq_w", (InputId(name, 1),), lambda: np.round(value * steps) / np.float32(steps))


def answers(graph, inputs, choice=(), shifts=(), targets=None):
    """Outputs of a trial graph for candidates and shifts, or adapted to targets."""
    controls = graph.make_controls(dict(choice), adapt=targets is not None)
    given = graph.pack_shifts(dict(shifts)) if targets is None else targets
    return run(graph.model, *inputs, *graph.make_vectors(controls, given))


def with_quantizer(model, reader, values, name="own_fq"):
    """The model with a FakeQuantize before one input, made here with OpenVINO alone."""
    node = next(node for node in model.get_ops() if node.get_friendly_name() == reader.node)
    source = node.input_value(reader.port)
    ends = [op.constant(v) for v in (values.input_low, values.input_high, values.output_low, values.output_high)]
    node.input(reader.port).replace_source_output(op.fake_quantize(source, *ends, values.levels, name=name).output(0))
    return model


def with_constant(model, name, change):
    node = next(node for node in model.get_ops() if node.get_friendly_name() == name)
    new = op.constant(np.asarray(change(node.data), np.float32))
    for place in node.output(0).get_target_inputs():
        place.replace_source_output(new.output(0))
    return model


SAMPLE = images(1)[0][None]


def written(model):
    """Every operation as ``Type name <- what it reads``, without constants and the common prefix, sorted."""

    def short(name):
        return name.removeprefix("openpot/trial/")

    lines = []
    for node in model.get_ops():
        sources = [port.get_source_output() for port in node.inputs()]
        shown = [
            short(source.get_node().get_friendly_name()) + (f".{source.get_index()}" if source.get_index() else "")
            for source in sources
            if source.get_node().get_type_name() != "Constant"
        ]
        if node.get_type_name() != "Constant":
            lines.append(f"{node.get_type_name()} {short(node.get_friendly_name())} <- {', '.join(shown)}".strip())
    return sorted(lines)


def test_the_graph_as_text():
    data = op.parameter([1, 2], np.float32, name="x")
    product = op.matmul(data, op.constant(np.eye(2, dtype=np.float32), name="w"), False, False, name="fc")
    model = ov.Model([op.result(product, name="result")], [data], "one layer")
    quantizer = TrialQuantizer("fq", TensorId("x"), (InputId("fc", 0),), (limits(0.0, 1.0),))
    graph = build_trial_graph(
        model, [quantizer], [], {"fc": ShiftPlace(TensorId("fc"), -1, 2)}, [TensorId("fc")], ["fq"]
    )
    assert written(graph.model) == [
        "Add fc/shifted <- fc, fc/shift",
        "Add fq/back <- fq/stepped, controls/split/5",
        "Add fq/switched <- fq/unchanged, fq/back",
        "Concat means <- fc/mean/flat",
        "FakeQuantize fq/rounded <- fq/scaled",
        "MatMul fc <- fq/switched",
        "Multiply fc/removed <- fc/mean, controls/split/0",
        "Multiply fq/scaled <- fq/moved, controls/split/3",
        "Multiply fq/stepped <- fq/rounded, controls/split/4",
        "Multiply fq/unchanged <- x, controls/split/1",
        "Parameter controls <-",
        "Parameter targets <-",
        "Parameter x <-",
        "ReduceMean fc/mean <- fc",
        "Reshape fc/added <- targets/split",
        "Reshape fc/mean/flat <- fc/mean",
        "Result compared/0 <- fc/shifted",
        "Result means/result <- means",
        "Squeeze controls/split/0 <- controls/split",
        "Squeeze controls/split/1 <- controls/split.1",
        "Squeeze controls/split/2 <- controls/split.2",
        "Squeeze controls/split/3 <- controls/split.3",
        "Squeeze controls/split/4 <- controls/split.4",
        "Squeeze controls/split/5 <- controls/split.5",
        "Subtract fc/shift <- fc/added, fc/removed",
        "Subtract fq/moved <- x, controls/split/2",
        "VariadicSplit controls/split <- controls",
        "VariadicSplit targets/split <- targets",
    ]


def test_inputs_and_controls_are_where_the_graph_says():
    graph = build_trial_graph(tiny_cnn(), [on_data(WIDE, NARROW)], [], LAYERS, [FC], ["data/fq"])
    assert [port.get_any_name() for port in graph.model.inputs[1:]] == [
        "openpot/trial/controls",
        "openpot/trial/targets",
    ]
    assert (graph.num_controls, graph.num_targets) == (1 + 5, 21)
    assert graph.places == {"data/fq": slice(1, 6)}
    np.testing.assert_allclose(graph.make_controls({}), [0, 1, 0, 0, 0, 0])
    np.testing.assert_allclose(
        graph.make_controls({"data/fq": 1}, adapt=True), [1, 0, -0.5, 15, 1 / 15, -0.5], rtol=1e-6
    )
    assert graph.targets == {"conv1": slice(0, 8), "conv2": slice(8, 16), "fc": slice(16, 21)}


def test_the_given_model_is_left_alone():
    model = tiny_cnn()
    before = text_from_model(model)
    build_trial_graph(model, [on_data(WIDE)], [rounded_weights(model)], LAYERS, [FC], BOTH)
    build_reference_graph(model, LAYERS, [FC])
    assert text_from_model(model) == before


@pytest.mark.parametrize("with_weights", [False, True], ids=["no weights", "switched weights"])
def test_with_all_switches_off_and_no_shifts_it_is_the_float_model(with_weights):
    model = tiny_cnn()
    weights = [rounded_weights(model)] if with_weights else []
    graph = build_trial_graph(model, [on_data(WIDE, NARROW), on_relu(WIDE)], weights, LAYERS, [FC], BOTH)
    _, output = answers(graph, [SAMPLE])
    np.testing.assert_allclose(output, run(tiny_cnn(), SAMPLE)[0], rtol=0, atol=1e-6)


@pytest.mark.parametrize("switchable", [(), BOTH], ids=["fixed", "switchable"])
@pytest.mark.parametrize("number", [0, 1])
def test_a_candidate_that_is_on_computes_as_its_fake_quantize_inserted(number, switchable):
    graph = build_trial_graph(tiny_cnn(), [on_data(WIDE, NARROW)], [], LAYERS, [FC], switchable)
    _, output = answers(graph, [SAMPLE], {"data/fq": number})
    inserted = with_quantizer(tiny_cnn(), InputId("conv1", 0), (WIDE, NARROW)[number])
    np.testing.assert_allclose(output, run(inserted, SAMPLE)[0], atol=1e-5)
    assert np.abs(output - run(tiny_cnn(), SAMPLE)[0]).max() > 1e-3


def test_quantizers_are_switched_one_by_one():
    graph = build_trial_graph(tiny_cnn(), [on_data(WIDE), on_relu(NARROW)], [], {}, [FC], BOTH)
    (output,) = answers(graph, [SAMPLE], {"relu/fq": 0})
    inserted = with_quantizer(tiny_cnn(), InputId("conv2", 0), NARROW)
    np.testing.assert_allclose(output, run(inserted, SAMPLE)[0], atol=1e-5)


HIGH = np.linspace(0.5, 3, 3, dtype=np.float32).reshape(1, 3, 1, 1)


@pytest.mark.parametrize("switchable", [(), BOTH], ids=["fixed", "switchable"])
@pytest.mark.parametrize("others", [(), (limits(-1.0, 1.0, 8),), (limits(-HIGH / 2, HIGH, 8), limits(-HIGH, HIGH, 8))])
def test_limits_per_channel_act_per_channel(switchable, others):
    candidates = (limits(-HIGH, HIGH, 8), *others)
    graph = build_trial_graph(tiny_cnn(), [on_data(*candidates)], [], {}, [FC], switchable)
    for number, own in enumerate(candidates):
        (output,) = answers(graph, [SAMPLE], {"data/fq": number})
        np.testing.assert_allclose(output, run(tiny_cnn(), fake_quantize(SAMPLE, own))[0], atol=1e-5)
    if switchable:
        np.testing.assert_allclose(answers(graph, [SAMPLE])[0], run(tiny_cnn(), SAMPLE)[0], atol=1e-6)


def test_a_quantizer_without_a_switch_cannot_be_left_out():
    graph = build_trial_graph(tiny_cnn(), [on_data(WIDE), on_relu(WIDE)], [], {}, [FC], ["relu/fq"])
    graph.make_controls({"data/fq": 0})
    with pytest.raises(ModelError, match="'data/fq' has no switch in this graph"):
        graph.make_controls({"relu/fq": 0})


def test_weights_without_switches_are_quantized():
    model = tiny_cnn()
    graph = build_trial_graph(model, [], [rounded_weights(model)], {}, [FC])
    (output,) = answers(graph, [SAMPLE])
    expected = with_constant(tiny_cnn(), "conv1_w", lambda value: np.round(value * 3.0) / 3.0)
    np.testing.assert_allclose(output, run(expected, SAMPLE)[0], atol=1e-5)
    assert (graph.num_controls, graph.places) == (0, {})


def test_weight_switches_choose_between_float_and_quantized_weights():
    model = tiny_cnn()
    graph = build_trial_graph(model, [], [rounded_weights(model), rounded_weights(model, "fc")], {}, [FC], BOTH)
    (output,) = answers(graph, [SAMPLE], {"fc/fq_w": 0})
    expected = with_constant(tiny_cnn(), "fc_w", lambda value: np.round(value * 3.0) / 3.0)
    np.testing.assert_allclose(output, run(expected, SAMPLE)[0], atol=1e-5)


def test_matrix_products_with_transposed_weights_are_replaced_in_their_own_layout():
    model = tiny_cnn()
    graph = build_trial_graph(model, [], [rounded_weights(model, "fc")], {"fc": LAYERS["fc"]}, [FC])
    expected = with_constant(tiny_cnn(), "fc_w", lambda value: np.round(value * 3.0) / 3.0)
    np.testing.assert_allclose(answers(graph, [SAMPLE])[1], run(expected, SAMPLE)[0], atol=1e-5)


def test_shifts_compute_as_a_changed_bias():
    shifts = {name: np.linspace(-0.5, 0.4, place.channels, dtype=np.float32) for name, place in LAYERS.items()}
    graph = build_trial_graph(tiny_cnn(), [], [], LAYERS, [FC])
    _, output = answers(graph, [SAMPLE], shifts=shifts)
    expected = tiny_cnn()
    for name, shift in shifts.items():
        with_constant(expected, f"{name}_b", lambda value, shift=shift: value + shift.reshape(value.shape))
    np.testing.assert_allclose(output, run(expected, SAMPLE)[0], atol=1e-5)


def test_an_output_that_is_a_layer_itself_is_shifted_too():
    graph = build_trial_graph(tiny_cnn(), [], [], LAYERS, [TensorId("fc")])
    shift = np.arange(5, dtype=np.float32)
    plain, shifted = answers(graph, [SAMPLE])[1], answers(graph, [SAMPLE], shifts={"fc": shift})[1]
    np.testing.assert_allclose(shifted - plain, shift[None], atol=1e-5)


def channel_means(model, sample):
    """Means of the layers in a model, in the order of LAYERS."""
    found = []
    nodes = {node.get_friendly_name(): node for node in model.get_ops()}
    for name in LAYERS:
        (value,) = run(ov.Model([op.result(nodes[name])], model.get_parameters(), "part"), sample)
        found.append(value.mean(axis=tuple(axis for axis in range(value.ndim) if axis != 1)))
    return np.concatenate(found)


def test_the_reference_graph_gives_means_and_judged_tensors():
    means, relu, output = run(build_reference_graph(tiny_cnn(), LAYERS, [RELU1, FC]), SAMPLE)
    np.testing.assert_allclose(means, channel_means(tiny_cnn(), SAMPLE), atol=1e-5)
    assert relu.shape == (1, 8, 16, 16)
    np.testing.assert_allclose(output, run(tiny_cnn(), SAMPLE)[0], atol=1e-6)


def test_the_first_output_tells_the_means_before_they_are_shifted():
    graph = build_trial_graph(tiny_cnn(), [], [], LAYERS, [FC])
    np.testing.assert_allclose(answers(graph, [SAMPLE])[0], channel_means(tiny_cnn(), SAMPLE), atol=1e-5)
    shifted = answers(graph, [SAMPLE], shifts={"fc": np.arange(5)})[0]
    np.testing.assert_allclose(shifted, channel_means(tiny_cnn(), SAMPLE), atol=1e-5)


def test_adapting_makes_the_means_of_all_layers_equal_to_the_targets():
    targets = np.linspace(-1, 1, 21, dtype=np.float32)
    graph = build_trial_graph(tiny_cnn(), [on_data(NARROW)], [], LAYERS, [TensorId("fc")])
    means, adapted = answers(graph, [SAMPLE], {"data/fq": 0}, targets=targets)
    np.testing.assert_allclose(adapted[0], targets[16:], atol=1e-5)
    # What was added, given as shifts, is the same model: so each layer saw the adapted ones above it.
    shifts = {name: (targets - means)[place] for name, place in graph.targets.items()}
    again, shifted = answers(graph, [SAMPLE], {"data/fq": 0}, shifts)
    np.testing.assert_allclose(shifted, adapted, atol=1e-5)
    np.testing.assert_allclose(again, means, atol=1e-5)


def test_adapting_to_the_float_model_removes_what_clipping_moved():
    reference = run(build_reference_graph(tiny_cnn(), LAYERS, [TensorId("fc")]), SAMPLE)
    graph = build_trial_graph(tiny_cnn(), [on_data(NARROW)], [], LAYERS, [TensorId("fc")])
    (_, clipped), (_, adapted) = (
        answers(graph, [SAMPLE], {"data/fq": 0}, targets=targets) for targets in (None, reference[0])
    )
    assert np.abs(clipped - reference[1]).max() > 1e-2
    np.testing.assert_allclose(adapted, reference[1], atol=1e-5)


def two_inputs(shape=(1, 4), dtype=np.float32):
    """left @ W + right, with W transposed."""
    rng = np.random.default_rng(5)
    left, right = op.parameter(shape, dtype, name="left"), op.parameter(shape, dtype, name="right")
    weights = op.constant(normal(rng, 4, 4).astype(dtype), name="fc_w")
    total = op.add(op.matmul(left, weights, False, True, name="fc"), right, name="sum")
    return ov.Model([op.result(total, name="result")], [left, right], "two inputs")


@pytest.mark.parametrize("shape", [(1, 4), (-1, 4), (-1, -1)], ids=["static", "dynamic batch", "all dynamic"])
def test_several_inputs_and_dynamic_shapes(shape):
    rng = np.random.default_rng(0)
    inputs = [rng.normal(size=(1 if shape[0] == 1 else 3, 4)).astype(np.float32) for _ in range(2)]
    quantizer = TrialQuantizer("fq", TensorId("left"), (InputId("fc", 0),), (NARROW,))
    layers = {"fc": ShiftPlace(TensorId("fc"), -1, 4)}
    graph = build_trial_graph(two_inputs(shape), [quantizer], [], layers, [TensorId("sum")], ["fq"])
    np.testing.assert_allclose(answers(graph, inputs)[1], run(two_inputs(shape), *inputs)[0], atol=1e-6)
    found = answers(graph, inputs, {"fq": 0}, {"fc": [1, 2, 3, 4]})[1]
    clipped = run(two_inputs(shape), fake_quantize(inputs[0], NARROW), inputs[1])[0]
    np.testing.assert_allclose(found, clipped + np.float32([1, 2, 3, 4]), atol=1e-5)


def test_a_model_that_computes_in_f16_gets_controls_in_f32():
    rng = np.random.default_rng(0)
    inputs = [rng.normal(size=(1, 4)).astype(np.float16) for _ in range(2)]
    model = two_inputs(dtype=np.float16)
    quantizer = TrialQuantizer("fq", TensorId("left"), (InputId("fc", 0),), (NARROW,))
    layers = {"fc": ShiftPlace(TensorId("fc"), -1, 4)}
    graph = build_trial_graph(
        model, [quantizer], [rounded_weights(model, "fc")], layers, [TensorId("sum")], ["fq", "fc/fq_w"]
    )
    assert {port.get_element_type().to_string() for port in graph.model.inputs[2:]} == {"f32"}
    np.testing.assert_allclose(answers(graph, inputs)[1], run(model, *inputs)[0], atol=2e-3)
    shifted = answers(graph, inputs, {"fc/fq_w": 0}, {"fc": [1, 2, 3, 4]})[1]
    expected = inputs[0].astype(np.float32) @ rounded_weights(model, "fc").read().astype(np.float32).T + inputs[1]
    np.testing.assert_allclose(shifted, expected + np.float32([1, 2, 3, 4]), atol=5e-3)


def test_a_model_without_layers_has_no_targets():
    data = op.parameter([1, 4, 4], np.float32, name="x")
    product = op.matmul(data, data, False, True, name="product")
    model = ov.Model([op.result(product, name="result")], [data], "no layers")
    quantizer = TrialQuantizer("fq", TensorId("x"), (InputId("product", 0), InputId("product", 1)), (NARROW,))
    graph = build_trial_graph(model, [quantizer], [], {}, [TensorId("product")])
    value = np.random.default_rng(0).normal(size=(1, 4, 4)).astype(np.float32)
    assert (dict(graph.targets), graph.num_targets, len(graph.model.inputs), len(graph.model.outputs)) == ({}, 0, 2, 1)
    (found,) = answers(graph, [value], {"fq": 0})
    clipped = fake_quantize(value, NARROW)
    np.testing.assert_allclose(found, clipped @ clipped.swapaxes(1, 2), atol=1e-5)
    assert len(build_reference_graph(model, {}, [TensorId("product")]).outputs) == 1


def test_nan_in_a_branch_that_nobody_uses_does_not_get_through():
    data = op.parameter([1, 4], np.float32, name="x")
    roots = op.sqrt(data, name="roots")
    kept = op.select(op.greater(data, op.constant(np.float32(0))), roots, op.constant(np.float32(7)), name="kept")
    product = op.matmul(kept, op.constant(np.eye(4, dtype=np.float32), name="w"), False, False, name="fc")
    model = ov.Model([op.result(product, name="result")], [data], "nan")
    quantizer = TrialQuantizer("fq", TensorId("roots"), (InputId("kept", 1),), (limits(0.0, 2.0), limits(0.0, 1.0)))
    graph = build_trial_graph(
        model, [quantizer], [], {"fc": ShiftPlace(TensorId("fc"), -1, 4)}, [TensorId("fc")], ["fq"]
    )
    value = np.float32([[-1, 1, -4, 0.25]])
    for settings in ({}, {"fq": 0}, {"fq": 1}):
        np.testing.assert_allclose(answers(graph, [value], settings)[1], [[7, 1, 7, 0.5]], atol=0.01)


def test_wrong_places_are_refused():
    with pytest.raises(UnknownNameError, match="no node named 'nowhere'"):
        build_trial_graph(tiny_cnn(), [TrialQuantizer("fq", TensorId("nowhere"), (), (WIDE,))], [], {}, [FC])
    with pytest.raises(ModelError, match="does not read"):
        build_trial_graph(tiny_cnn(), [TrialQuantizer("fq", DATA, (InputId("fc", 0),), (WIDE,))], [], {}, [FC])


def test_strides_that_move_to_element_wise_operations_compile():
    """Two 1x1 convolutions of stride 2 on one tensor, as in ResNet v1: their strides move into the quantizer."""
    rng = np.random.default_rng(4)
    data = op.parameter([1, 8, 8, 8], np.float32, name="x")
    ends = [conv(data, normal(rng, 4, 8, 1, 1), name, stride=2) for name in ("main", "shortcut")]
    model = ov.Model([op.result(op.add(*ends, name="sum"))], [data], "strided")
    readers = (InputId("main", 0), InputId("shortcut", 0))
    quantizer = TrialQuantizer("fq", TensorId("x"), readers, (WIDE,))
    layers = {name: ShiftPlace(TensorId(name), 1, 4) for name in ("main", "shortcut")}
    graph = build_trial_graph(model, [quantizer], [], layers, [TensorId("sum")], ["fq"])
    sample = normal(rng, 1, 8, 8, 8)
    _, off = answers(graph, [sample])
    np.testing.assert_allclose(off, run(model, sample)[0], rtol=1e-4, atol=1e-5)
    _, on = answers(graph, [sample], {"fq": 0})
    rounded = fake_quantize(sample, WIDE)
    np.testing.assert_allclose(on, run(model, rounded.astype(np.float32))[0], rtol=1e-4, atol=1e-5)
