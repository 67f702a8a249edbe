"""Graph snapshots written as text, and plans as text, for tests of everything that is planned without OpenVINO."""

import json
import re

from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.tensor_id import TensorId

_LINE = re.compile(r"(\S+) = (\w+)(?:\(([^)]*)\))?(.*)")
_TYPES = {"f32", "f16", "f64", "bf16", "i64", "i32", "i8", "u8", "i4", "boolean"}


def snapshot_from_text(text):
    """One node a line: ``conv = Convolution(data, w) 1x8x4x4 f16 pads=1``; ``split.1`` is output 1, ``?`` is dynamic.

    The shape defaults to that of the first input, the type to that of the first input or f32; several shapes joined by
    ``|`` make several outputs; ``()`` is a scalar.
    """
    nodes = {}
    for line in text.strip().splitlines():
        if not line.strip():
            continue
        name, kind, inputs, rest = _LINE.fullmatch(line.strip()).groups()
        sources = tuple(_tensor(word, nodes) for word in (inputs or "").split(",") if word.strip())
        nodes[name] = _record(name, kind, sources, rest.split(), nodes)
    return GraphSnapshot(nodes.values())


def _tensor(word, nodes):
    name = word.strip()
    if name in nodes:
        return TensorId(name)
    node, _, port = name.rpartition(".")
    assert node in nodes, f"unknown input {name}"
    return TensorId(node, int(port))


def _record(name, kind, sources, words, nodes):
    first = nodes[sources[0].node] if sources else None
    shapes = (first.output_shapes[sources[0].port],) if first else ((1,),)
    element_type = first.output_types[sources[0].port] if first else "f32"
    attributes = {}
    for word in words:
        if word in _TYPES:
            element_type = word
        elif "=" in word:
            key, value = word.split("=")
            attributes[key] = json.loads(value) if re.fullmatch(r"-?[\d.]+|true|false|\[.*\]", value) else value
        else:
            shapes = tuple(_shape(part) for part in word.split("|"))
    return NodeRecord(name, kind, sources, shapes, (element_type,) * len(shapes), attributes)


def _shape(word):
    if word == "...":
        return None
    return () if word == "()" else tuple(None if size == "?" else int(size) for size in word.split("x"))


def plan_lines(plan):
    """One quantizer a line: ``conv/fq_input_0: data -> conv[0] | activations, symmetric, per tensor, 256``."""
    lines = []
    for one in plan.quantizers:
        readers = ", ".join(map(str, one.readers))
        words = [one.kind, one.config.mode, str(one.granularity), str(one.levels)]
        words += [f"group {one.group}"] if one.group is not None else []
        words += ["halved"] if one.halve_weights else []
        words += ["takes the name"] if one.takes_name_of_producer else []
        lines.append(f"{one.name}: {one.tensor} -> {readers} | {', '.join(words)}")
    return lines


def places(plan):
    """Quantizer name -> ``tensor -> readers``."""
    return {one.name: f"{one.tensor} -> {', '.join(map(str, one.readers))}" for one in plan.quantizers}


def reason(plan, operation):
    """The sentence about one operation."""
    (found,) = [decision.reason for decision in plan.decisions if decision.operation == operation]
    return found
