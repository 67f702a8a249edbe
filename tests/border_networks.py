"""Small networks at the borders of what models can be: element types, ranks, empty tensors, bodies, fixed batches."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

import openvino as ov
from openvino import opset13 as op
from openvino import opset15 as op15
from toy_models import built_once, normal

SIZE = 12


def filters(seed, *shape):
    return normal(np.random.default_rng(seed), *shape, scale=(2 / max(np.prod(shape[1:]), 1)) ** 0.5)


def image(seed, size=SIZE, kind=np.float32):
    return np.random.default_rng(seed).standard_normal((1, 3, size, size)).astype(kind)


def convert_like(values, kind, name=None):
    return op.constant(np.asarray(values), dtype=getattr(ov.Type, kind), name=name or "")


def convolution(data, seed, outputs, inputs, name, stride=1, kernel=3, kind="f32"):
    pad = kernel // 2
    weights = convert_like(filters(seed, outputs, inputs, kernel, kernel), kind, f"{name}_w")
    return op.convolution(data, weights, [stride] * 2, [pad] * 2, [pad] * 2, [1, 1], name=name)


def named(node, name):
    output = node if isinstance(node, ov.Output) else node.output(0)
    output.get_tensor().set_names({name})
    return op.result(output)


def parameter(shape, kind="f32", name="x"):
    node = op.parameter(shape, getattr(ov.Type, kind), name=name)
    node.output(0).get_tensor().set_names({name})
    return node


def trunk(x, kind="f32", channels=8):
    y = op.relu(convolution(x, 1, channels, 3, "conv1", kind=kind))
    return op.relu(convolution(y, 2, channels, channels, "conv2", kind=kind))


def pooled(y):
    return op.reduce_mean(y, op.constant([2, 3]), False)


def head(y, inputs=8, outputs=5, kind="f32", name="fc"):
    return op.matmul(y, convert_like(filters(9, inputs, outputs), kind, f"{name}_w"), False, False, name=name)


def classifier(kind="f32", input_kind=None, output_kind=None, batch=1):
    x = parameter([batch, 3, SIZE, SIZE], input_kind or kind)
    y = x if input_kind in (None, kind) else op.convert(x, getattr(ov.Type, kind))
    y = head(pooled(trunk(y, kind)), kind=kind)
    if output_kind not in (None, kind):
        y = op.convert(y, getattr(ov.Type, output_kind))
    return ov.Model([named(y, "y")], [x], "classifier")


def with_scalar_outputs():
    x = parameter([1, 3, SIZE, SIZE])
    y = trunk(x)
    score = op.reduce_mean(y, op.constant([0, 1, 2, 3]), False)
    best = op.reduce_max(head(pooled(y)), op.constant([0, 1]), False)
    return ov.Model(
        [named(score, "score"), named(best, "best"), named(head(pooled(y), name="fc2"), "y")], [x], "scalars"
    )


def with_sigmoid_scalar():
    x = parameter([1, 3, SIZE, SIZE])
    score = op.squeeze(head(pooled(trunk(x)), outputs=1), op.constant([0, 1]))
    return ov.Model([named(op.sigmoid(score), "score")], [x], "one_number")


def with_labels(only=False):
    """Scores, their best place as integers, whether the best is large as a boolean."""
    x = parameter([1, 3, SIZE, SIZE])
    y = head(pooled(trunk(x)))
    best = op.topk(y, op.constant(1), 1, "max", "value", index_element_type="i64")
    large = op.greater(y, op.constant(np.float32(0.1)))
    results = [] if only else [named(y, "scores")]
    return ov.Model([*results, named(best.output(1), "label"), named(large, "large")], [x], "labels")


def with_strings():
    x, text = parameter([1, 3, SIZE, SIZE]), parameter([1], "string", "text")
    return ov.Model([named(head(pooled(trunk(x))), "y"), op.result(text)], [x, text], "with_strings")


def with_packed_strings():
    """A tokenizer's front: the bytes of a text choose rows of a table."""
    text = parameter([1], "string", "text")
    symbols = op15.string_tensor_unpack(text).output(2)
    rows = op.gather(op.constant(filters(3, 256, 8)), op.convert(symbols, ov.Type.i32), op.constant(0))
    mixed = op.relu(op.matmul(rows, op.constant(filters(4, 8, 8)), False, False, name="mix"))
    y = op.reduce_mean(mixed, op.constant([0]), True)
    return ov.Model([named(head(y), "y")], [text], "text")


def blocks(data, channels):
    """16 blocks of an image, rows of ``channels`` maxima."""
    y = op.max_pool(data, [3, 3], [1, 1], [0, 0], [0, 0], [3, 3]).output(0)
    return op.transpose(op.reshape(y, op.constant([channels, 16]), False), op.constant([1, 0]))


def with_rows_of_any_number():
    """A head for those of 16 places where the input is large: another number for every sample, maybe none."""
    x = parameter([1, 3, SIZE, SIZE])
    first = op.gather(blocks(x, 3), op.constant(0), op.constant(1))
    chosen = op.squeeze(op.non_zero(op.greater(first, op.constant(np.float32(2.1)))), op.constant([0]))
    rows = op.gather(blocks(trunk(x), 8), chosen, op.constant(0))
    return ov.Model([named(op.relu(head(rows)), "rows")], [x], "any_number")


def never_chosen(beside=True):
    """As above, but no place ever passes: what follows is empty for all samples."""
    x = parameter([1, 3, SIZE, SIZE])
    features = trunk(x)
    places = op.transpose(op.reshape(features, op.constant([8, SIZE * SIZE]), False), op.constant([1, 0]))
    first = op.gather(places, op.constant(0), op.constant(1))
    chosen = op.squeeze(op.non_zero(op.greater(first, op.constant(np.float32(1e9)))), op.constant([0]))
    rows = op.gather(places, chosen, op.constant(0))
    results = [named(head(op.relu(head(rows, 8, 8, name="mix"))), "rows")]
    if beside:
        results.append(named(head(pooled(features), name="fc2"), "y"))
    return ov.Model(results, [x], "never_chosen")


def with_images_of_any_size():
    x = parameter([1, 3, -1, -1])
    return ov.Model([named(convolution(trunk(x), 5, 4, 8, "conv3"), "map")], [x], "any_size")


def with_branches(by_data=True):
    """Two convolutions in bodies of an If, chosen by the data or by a second input."""
    x = parameter([1, 3, SIZE, SIZE])
    y = trunk(x)
    flag = op.greater(op.reduce_mean(x, op.constant([0, 1, 2, 3]), False), op.constant(np.float32(0.0)))
    inputs = [x]
    if not by_data:
        flag = parameter([], "boolean", "flag")
        inputs.append(flag)

    def body(seed):
        inside = op.parameter([1, 8, SIZE, SIZE], np.float32, name="inside")
        answer = op.result(convolution(inside, seed, 4, 8, "inner"))
        return ov.Model([answer], [inside], "body"), inside, answer

    (then_body, then_in, then_out), (else_body, else_in, else_out) = body(6), body(7)
    choice = op.if_op(flag.output(0) if hasattr(flag, "output") else flag)
    choice.set_friendly_name("choice")
    choice.set_then_body(then_body)
    choice.set_else_body(else_body)
    choice.set_input(y.output(0), then_in, else_in)
    return ov.Model([named(choice.set_output(then_out, else_out), "map")], inputs, "branches")


def with_a_loop(steps=3):
    x = parameter([1, 3, SIZE, SIZE])
    start = pooled(trunk(x))
    inside = op.parameter([1, 8], np.float32, name="inside")
    step = op.tanh(op.matmul(inside, op.constant(filters(8, 8, 8)), False, False, name="inner"))
    state, go_on = op.result(step), op.result(op.constant(np.array(True)))
    loop = op.loop(op.constant(np.array(steps, np.int64)), op.constant(np.array(True)))
    loop.set_friendly_name("loop")
    loop.set_function(ov.Model([state, go_on], [inside], "body"))
    loop.set_special_body_ports([-1, 1])
    loop.set_merged_input(inside, start.output(0), state.output(0))
    return ov.Model([named(head(loop.get_iter_value(state.output(0), -1)), "y")], [x], "loop")


def with_an_empty_cache():
    """A cache of length 0, as a static model of the first step has, joined with what is computed."""
    x, cache = parameter([1, 3, SIZE, SIZE]), parameter([1, 0, 8], name="cache")
    rows = op.unsqueeze(pooled(trunk(x)), op.constant([0]))
    joined = op.concat([cache, rows], 1)
    return ov.Model([named(head(joined), "y"), named(op.concat([cache], 1), "next")], [x, cache], "empty_cache")


def with_an_empty_output():
    x = parameter([1, 3, SIZE, SIZE])
    y = pooled(trunk(x))
    none = op.slice(y, op.constant([0]), op.constant([0]), op.constant([1]), op.constant([1]))
    return ov.Model([named(head(y), "y"), named(none, "none")], [x], "empty_output")


def strided(kernels=(1, 1), dims=2, shared=False):
    """Two strided convolutions on one tensor and their sum, in one or two dimensions; they may share their weights."""
    x = parameter([1, 3] + [SIZE] * dims)

    def conv(data, seed, outputs, inputs, name, stride, kernel):
        pad = kernel // 2
        weights = op.constant(filters(seed, outputs, inputs, *[kernel] * dims), name=f"{name}_w")
        return op.convolution(data, weights, [stride] * dims, [pad] * dims, [pad] * dims, [1] * dims, name=name)

    y = op.relu(conv(x, 0, 8, 3, "stem", 1, 3))
    if shared:
        weights = op.constant(filters(1, 8, 8, *[1] * dims), name="shared_w")
        half = op.convolution(y, weights, [2] * dims, [0] * dims, [0] * dims, [1] * dims, name="main")
        full = op.convolution(y, weights, [1] * dims, [0] * dims, [0] * dims, [1] * dims, name="side")
        ends = [op.relu(half), op.max_pool(full, [2] * dims, [1] * dims, [0] * dims, [0] * dims, [1] * dims).output(0)]
    else:
        ends = [conv(y, 1 + n, 8, 8, name, 2, kernels[n]) for n, name in enumerate(("main", "side"))]
    y = op.relu(op.add(*ends))
    y = op.reduce_mean(conv(y, 5, 8, 8, "last", 2, 1), op.constant(list(range(2, 2 + dims))), False)
    return ov.Model([named(head(y), "y")], [x], "strided")


def tokens(kind="i64"):
    ids = parameter([1, 6], kind, "ids")
    rows = op.gather(op.constant(filters(3, 20, 8)), ids, op.constant(0))
    mixed = op.relu(op.matmul(rows, op.constant(filters(4, 8, 8)), False, False, name="mix"))
    y = op.reduce_mean(mixed, op.constant([1]), False)
    return ov.Model([named(head(y), "y")], [ids], "tokens")


def with_a_mask():
    x, mask = parameter([1, 3, SIZE, SIZE]), parameter([1, 1, SIZE, SIZE], "boolean", "mask")
    y = op.select(mask, trunk(x), op.constant(np.float32(0.0)))
    return ov.Model([named(head(pooled(convolution(y, 3, 8, 8, "conv3"))), "y")], [x, mask], "masked")


def with_u8_input():
    x = parameter([1, 3, SIZE, SIZE], "u8")
    y = op.multiply(op.convert(x, ov.Type.f32), op.constant(np.float32(1 / 64)))
    return ov.Model([named(head(pooled(trunk(y))), "y")], [x], "pixels")


def vector_in_vector_out():
    """Everything has one axis only."""
    x = parameter([16])
    y = op.relu(op.matmul(x, op.constant(filters(1, 16, 16)), False, False, name="mix"))
    return ov.Model([named(op.matmul(y, op.constant(filters(2, 16, 4)), False, False, name="fc"), "y")], [x], "vector")


def with_f16_constants():
    """An IR stored in half precision: constants of f16, converted."""
    x = parameter([1, 3, SIZE, SIZE])

    def conv(data, seed, outputs, inputs, name):
        weights = op.convert(convert_like(filters(seed, outputs, inputs, 3, 3), "f16", f"{name}_w"), ov.Type.f32)
        return op.convolution(data, weights, [1, 1], [1, 1], [1, 1], [1, 1], name=name)

    y = op.relu(conv(op.relu(conv(x, 1, 8, 3, "conv1")), 2, 8, 8, "conv2"))
    return ov.Model([named(head(pooled(y)), "y")], [x], "stored_in_half")


def with_a_constant_output():
    x = parameter([1, 3, SIZE, SIZE])
    anchors = op.constant(filters(7, 4, 4), name="anchors")
    return ov.Model([named(head(pooled(trunk(x))), "y"), named(anchors, "anchors")], [x], "constant_output")


def input_given_back():
    x = parameter([1, 3, SIZE, SIZE])
    return ov.Model([named(head(pooled(trunk(x))), "y"), op.result(x)], [x], "given_back")


@dataclass(frozen=True)
class Border:
    build: Callable[[], ov.Model]
    sample: Callable[[int], Any] = image

    @cached_property
    def make(self):
        """Gives the network."""
        return built_once(self.build)


def text(seed):
    letters = np.random.default_rng(seed).integers(97, 122, 5 + seed % 4)
    return np.array(["".join(map(chr, letters))])


KINDS = {
    "types of numbers": {
        "f16": Border(lambda: classifier("f16"), lambda i: image(i, kind=np.float16)),
        "f16, samples f32": Border(lambda: classifier("f16")),
        "bf16": Border(lambda: classifier("bf16")),
        "f16 inside": Border(lambda: classifier("f16", "f32", "f32")),
        "bf16 inside": Border(lambda: classifier("bf16", "f32", "f32")),
        "f64": Border(lambda: classifier("f64"), lambda i: image(i, kind=np.float64)),
        "f64 input": Border(lambda: classifier("f32", "f64"), lambda i: image(i, kind=np.float64)),
        "f64 output": Border(lambda: classifier("f32", "f32", "f64")),
        "f64 inside": Border(lambda: classifier("f64", "f32", "f32")),
        "f16 constants": Border(with_f16_constants),
    },
    "outputs that are numbers or labels": {
        "scalar outputs": Border(with_scalar_outputs),
        "one number from a sigmoid": Border(with_sigmoid_scalar),
        "labels and flags": Border(with_labels),
        "labels alone": Border(lambda: with_labels(only=True)),
    },
    "strings": {
        "strings beside": Border(with_strings, lambda i: {"x": image(i), "text": np.array(["a text"])}),
        "strings": Border(with_packed_strings, text),
    },
    "empty tensors": {
        "rows of any number": Border(with_rows_of_any_number),
        "rows that never come": Border(never_chosen),
        "nothing but empty": Border(lambda: never_chosen(beside=False)),
        "empty cache": Border(with_an_empty_cache, lambda i: {"x": image(i), "cache": np.zeros((1, 0, 8), np.float32)}),
        "empty output": Border(with_an_empty_output),
    },
    "bodies": {
        "If by data": Border(with_branches),
        "If by input": Border(lambda: with_branches(False), lambda i: {"x": image(i), "flag": np.array(i % 2 == 0)}),
        "Loop": Border(with_a_loop),
    },
    "sizes and batches": {
        "images of any size": Border(with_images_of_any_size, lambda i: image(i, SIZE + 2 * (i % 3))),
        "batch of 4": Border(lambda: classifier(batch=4)),
        "batch of 4, f16": Border(lambda: classifier("f16", batch=4)),
    },
    "strided convolutions": {
        "strided 1x1": Border(strided),
        "strided 1x1 in 1-D": Border(lambda: strided(dims=1), lambda i: image(i)[:, :, 0]),
        "strided 1x1 in 3-D": Border(
            lambda: strided(dims=3),
            lambda i: np.random.default_rng(i).standard_normal((1, 3, SIZE, SIZE, SIZE)).astype(np.float32),
        ),
        "strided 1x1 beside 3x3": Border(lambda: strided((1, 3))),
        "strided 1x1 with shared weights": Border(lambda: strided(shared=True)),
        "strided 1x1 with shared weights in 1-D": Border(
            lambda: strided(dims=1, shared=True), lambda i: image(i)[:, :, 0]
        ),
    },
    "inputs that are no floats": {
        "tokens": Border(tokens, lambda i: np.random.default_rng(i).integers(0, 20, (1, 6))),
        "tokens i32": Border(lambda: tokens("i32"), lambda i: np.random.default_rng(i).integers(0, 20, (1, 6))),
        "boolean mask": Border(
            with_a_mask, lambda i: {"x": image(i), "mask": np.random.default_rng(i).random((1, 1, SIZE, SIZE)) > 0.3}
        ),
        "u8 input": Border(
            with_u8_input, lambda i: np.random.default_rng(i).integers(0, 255, (1, 3, SIZE, SIZE), dtype=np.uint8)
        ),
    },
    "interfaces": {
        "one axis": Border(
            vector_in_vector_out, lambda i: np.random.default_rng(i).standard_normal(16).astype(np.float32)
        ),
        "constant output": Border(with_a_constant_output),
        "input given back": Border(input_given_back),
    },
}
BORDERS = {name: border for borders in KINDS.values() for name, border in borders.items()}


def cover_kinds(ways, names=tuple(BORDERS)):
    """Pairs of a way and a border such that every way meets every kind, with networks in turn."""
    kinds = [[name for name in borders if name in names] for borders in KINDS.values()]
    return [
        (way, kind[(turn + number) % len(kind)])
        for turn, way in enumerate(ways)
        for number, kind in enumerate(kinds)
        if kind
    ]
