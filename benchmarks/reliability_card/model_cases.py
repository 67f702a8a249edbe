"""Part M: what models are like."""

from __future__ import annotations

import numpy as np

import openvino as ov
from openvino import opset13 as op

from .cases import Ending, case
from .toys import SHAPE, convolution, is_quantized, network, normal, samples


@case("M01", "already quantized", "quantized", must_end="refused")
def quantized(tool, folder):
    return tool.quantize(tool.quantize(network(), samples()), samples())


@case("M02", "IR with weights in FP16", must_end="done")
def half_weights(tool, folder):
    ov.save_model(network(), str(folder / "half.xml"), compress_to_fp16=True)
    return tool.quantize(folder / "half.xml", samples())


@case("M03", "two operations of one name", must_end="done")
def equal_names(tool, folder):
    model = network()
    for node in model.get_ops():
        if node.get_friendly_name() in ("conv1", "conv2"):
            node.set_friendly_name("same")
    return tool.quantize(model, samples())


@case("M04", "names and paths that are no ASCII", must_end="done")
def unicode_names(tool, folder):
    path = folder / "Größe 模型"
    return tool.read(tool.save(tool.quantize(network(prefix="ä/"), samples()), path)), network()


@case("M05", "NaN in a weight", "conv2", "nan", must_end="refused")
def nan_weight(tool, folder):
    def change(weights):
        weights[0, 0, 0, 0] = np.nan
        return weights

    return tool.quantize(network(change=change), samples())


@case("M06", "Inf in a weight", "conv2_weights", "inf", must_end="refused")
def inf_weight(tool, folder):
    def change(weights):
        weights[0, 0, 0, 0] = np.inf
        return weights

    return tool.quantize(network(change=change), samples())


@case("M07", "nothing to quantize", "nothing|no operation")
def nothing(tool, folder):
    data = op.parameter([1, *SHAPE], np.float32, name="data")
    data.output(0).get_tensor().set_names({"data"})
    model = ov.Model([op.result(op.sin(data))], [data], "sine")
    return tool.quantize(model, samples()), model


@case("M08", "dynamic rank", "data", "rank|shape", must_end="refused")
def dynamic_rank(tool, folder):
    data = op.parameter(ov.PartialShape.dynamic(), np.float32, name="data")
    data.output(0).get_tensor().set_names({"data"})
    weights = op.constant(normal(np.random.default_rng(0), 16, 5), name="weights")
    model = ov.Model([op.result(op.matmul(data, weights, False, False))], [data], "any")
    return tool.quantize(model, [{"wrong": 1}] * 4), model


@case("M09", "a branch that no sample runs", must_end="done")
def branch(tool, folder):
    rng = np.random.default_rng(0)
    data = op.parameter([1, *SHAPE], np.float32, name="data")
    data.output(0).get_tensor().set_names({"data"})
    condition = op.greater(op.reduce_max(data, op.constant(np.array([0, 1, 2, 3])), False), op.constant(np.float32(1e6)))
    bodies = []
    for number in range(2):
        inner = op.parameter([1, *SHAPE], np.float32, name=f"inner{number}")
        bodies.append((ov.Model([op.result(convolution(inner, normal(rng, 3, 3, 3, 3), f"branch{number}"))], [inner], f"body{number}"), inner))
    chosen = op.if_op(condition.output(0))
    (then, then_input), (other, other_input) = bodies
    chosen.set_then_body(then)
    chosen.set_else_body(other)
    first = op.relu(convolution(data, normal(rng, 3, 3, 3, 3), "first")).output(0)
    chosen.set_input(first, then_input, other_input)
    result = chosen.set_output(then.get_results()[0], other.get_results()[0])
    model = ov.Model([op.result(result)], [data], "branches")
    return tool.quantize(model, samples()), model


@case("M10", "outputs without names", must_end="done")
def unnamed(tool, folder):
    model = network()
    model.outputs[0].get_tensor().set_names(set())
    return tool.quantize(model, samples())


@case("M11", "the caller's model is not changed", must_end="done")
def unchanged(tool, folder):
    model = network()
    before = [node.get_friendly_name() for node in model.get_ordered_ops()]
    made = tool.quantize(model, samples())
    if before != [node.get_friendly_name() for node in model.get_ordered_ops()]:
        return Ending("damage", "the model that was given is another one now")
    return made


@case("M12", "a model that keeps a state", must_end="done")
def stateful(tool, folder):
    rng = np.random.default_rng(0)
    data = op.parameter([1, 8], np.float32, name="data")
    data.output(0).get_tensor().set_names({"data"})
    state = op.read_value(op.constant(np.zeros((1, 8), np.float32)), "state")
    total = op.add(op.matmul(data, op.constant(normal(rng, 8, 8)), False, False, name="product"), state)
    model = ov.Model([op.result(total)], [op.assign(total, "state")], [data], "state")
    made = tool.quantize(model, [normal(rng, 1, 8, scale=1) for _ in range(8)])
    return Ending("done") if is_quantized(made) else Ending("done", "nothing was quantized")


@case("M13", "a model without inputs", "input", must_end="refused")
def no_inputs(tool, folder):
    rng = np.random.default_rng(0)
    product = op.matmul(op.constant(normal(rng, 4, 4)), op.constant(normal(rng, 4, 4)), False, False)
    return tool.quantize(ov.Model([op.result(product)], [], "constant"), samples())


@case("M14", "an input that is always empty", "data", "empty|no values", must_end="refused")
def empty_input(tool, folder):
    rng = np.random.default_rng(0)
    data = op.parameter([0, 8], np.float32, name="data")
    data.output(0).get_tensor().set_names({"data"})
    model = ov.Model([op.result(op.matmul(data, op.constant(normal(rng, 8, 4)), False, False))], [data], "empty")
    return tool.quantize(model, [np.zeros((0, 8), np.float32)] * 4)


@case("M15", "a file that is not there, beside one of a near name", "netwrk.xml", "network.xml", must_end="refused")
def near_name(tool, folder):
    ov.save_model(network(), str(folder / "network.xml"))
    return tool.quantize(folder / "netwrk.xml", samples())


@case("M16", "an empty file", "empty", must_end="refused")
def empty_file(tool, folder):
    (folder / "model.xml").touch()
    return tool.quantize(folder / "model.xml", samples())


@case("M17", "half of an .xml", "model.xml", "cut off|truncated|broken|incomplete", must_end="refused")
def half_xml(tool, folder):
    ov.save_model(network(), str(folder / "model.xml"))
    text = (folder / "model.xml").read_bytes()
    (folder / "model.xml").write_bytes(text[: len(text) // 2])
    return tool.quantize(folder / "model.xml", samples())


@case("M18", "half of a .bin", "model.bin", "cut off|truncated|broken|incomplete", must_end="refused")
def half_bin(tool, folder):
    ov.save_model(network(), str(folder / "model.xml"))
    weights = (folder / "model.bin").read_bytes()
    (folder / "model.bin").write_bytes(weights[: len(weights) // 2])
    return tool.quantize(folder / "model.xml", samples())


@case("M19", "no .bin", "model.bin", must_end="refused")
def no_bin(tool, folder):
    ov.save_model(network(), str(folder / "model.xml"))
    (folder / "model.bin").unlink()
    return tool.quantize(folder / "model.xml", samples())


@case("M20", 'names that hold <>&" and quotes', must_end="done")
def markup_names(tool, folder):
    model = network(prefix="<b>&\"'")
    return tool.read(tool.save(tool.quantize(model, samples()), folder / "out")), network()


@case("M21", "weights shared by two layers", must_end="done")
def shared(tool, folder):
    rng = np.random.default_rng(0)
    data = op.parameter([1, *SHAPE], np.float32, name="data")
    data.output(0).get_tensor().set_names({"data"})
    weights = op.constant(normal(rng, 3, 3, 3, 3), name="weights")
    x = data
    for number in range(2):
        x = op.relu(op.convolution(x, weights, [1, 1], [1, 1], [1, 1], [1, 1], name=f"conv{number}"))
    model = ov.Model([op.result(x)], [data], "shared")
    return tool.quantize(model, samples()), model


@case("M22", "something that is no model", "model", "path|file", must_end="refused")
def no_model(tool, folder):
    return tool.quantize({"layers": []}, samples())


@case("M23", "weights above 65504", must_end="done", quick=False)
def large_weights(tool, folder):
    model = network(change=lambda weights: weights * 1e6)
    return tool.read(tool.save(tool.quantize(model, samples()), folder / "out")), model
