from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.tensor_id import InputId, TensorId


def make_snapshot():
    return GraphSnapshot(
        [
            NodeRecord("data", "Parameter"),
            NodeRecord("shape", "ShapeOf", (TensorId("data"),)),
            NodeRecord("two", "Constant"),
            NodeRecord("doubled", "Multiply", (TensorId("shape"), TensorId("two"))),
            NodeRecord("four", "Multiply", (TensorId("two"), TensorId("two"))),
            NodeRecord("split", "Split", (TensorId("data"),), ((1,), (1,))),
            NodeRecord("sum", "Add", (TensorId("split", 1), TensorId("split", 0))),
            NodeRecord("out", "Result", (TensorId("sum"),)),
        ]
    )


def test_consumers_are_known_per_output():
    snapshot = make_snapshot()
    assert snapshot.readers("split", 0) == (InputId("sum", 1),)
    assert snapshot.readers("split") == (InputId("sum", 1), InputId("sum", 0))
    assert snapshot.readers("out") == ()


def test_constants_hold_whatever_is_computed_from_constants():
    assert make_snapshot().constants == {"two", "four"}


def test_of_type_keeps_topological_order():
    assert [node.name for node in make_snapshot().nodes_of_type("Multiply", "Split")] == ["doubled", "four", "split"]
