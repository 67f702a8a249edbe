import pytest

from openpot.config.ignored_scope import IgnoredOperation, IgnoredScope
from openpot.config.target_devices import find_target_device
from openpot.placement.ignored_operations import find_ignored_by_user, find_ignored_in_transformers
from snapshot_text import snapshot_from_text

GRAPH = snapshot_from_text("""
data = Parameter 1x8x8x8
w = Constant 8x8x3x3
w_depth = Constant 8x1x1x3x3
conv = Convolution(data, w) strides=[1,1] auto_pad=same_upper
depth = GroupConvolution(conv, w_depth) strides=[2,2]
relu = Relu(depth)
pool = MaxPool(relu)
flat = Reshape(pool, w)
product = MatMul(flat, w)
add = Add(product, w)
""")


def ignored(pot=True, scope=(), operations=(), **more):
    entries = tuple(IgnoredOperation(**one) for one in operations)
    scope = IgnoredScope(scope=scope, operations=entries, **more)
    return find_ignored_by_user(GRAPH, scope, groups_are_convolutions=pot)


def test_nothing_stated_leaves_out_nothing():
    assert find_ignored_by_user(GRAPH, None, groups_are_convolutions=True).reasons == {}
    assert ignored().reasons == {}


def test_names_and_types():
    found = ignored(scope=("conv",), operations=[{"type": "ReLU"}])
    assert found.reasons == {
        "conv": "the user left it out by name",
        "relu": "the user left out operations of type ReLU",
    }


def test_the_whole_model():
    assert set(ignored(skip_model=True).reasons) == set(GRAPH.nodes)


@pytest.mark.parametrize(
    ("entry", "pot", "expected"),
    [
        ({"type": "Convolution"}, True, ["conv", "depth"]),
        ({"type": "Convolution"}, False, ["conv"]),
        ({"type": "GroupConvolution"}, False, ["depth"]),
        ({"type": "DepthWiseConvolution"}, False, ["depth"]),
        ({"type": "Convolution", "attributes": {"group": 8}}, True, ["depth"]),
        ({"type": "Convolution", "attributes": {"group": 1}}, True, ["conv"]),
        ({"type": "Convolution", "attributes": {"strides": [1, 1]}}, True, ["conv"]),
        ({"type": "Convolution", "attributes": {"strides": "1,1"}}, True, ["conv"]),
        ({"type": "Convolution", "attributes": {"auto_pad": "SAME_UPPER"}}, True, ["conv"]),
        ({"type": "Convolution", "attributes": {"dilations": [1, 1]}}, True, []),
    ],
    ids=str,
)
def test_types_and_attributes(entry, pot, expected):
    assert sorted(ignored(pot, operations=[entry]).reasons) == expected


def test_a_second_entry_of_one_type_counts():
    entries = [{"type": "Convolution", "attributes": {"group": 5}}, {"type": "Convolution", "attributes": {"group": 8}}]
    assert set(ignored(operations=entries).reasons) == {"depth"}


def test_readers_of_operations_that_move_values_are_left_out_with_them():
    found = ignored(scope=("pool",)).reasons
    assert set(found) == {"pool", "flat", "product"}
    assert found["product"] == "it reads 'flat', which is left out"
    assert set(ignored(pot=False, scope=("pool",)).reasons) == {"pool"}


def test_names_that_fit_nothing_are_a_warning_with_the_nearest():
    found = ignored(scope=("convv",), operations=[{"type": "Tanh"}])
    assert found.reasons == {}
    assert found.warnings[0] == "ignored scope: there is no operation named 'convv'; did you mean 'conv'?"
    assert "no operation of type 'Tanh'" in found.warnings[1]


@pytest.mark.parametrize(("device", "multiply"), [("CPU", True), ("CPU_SPR", False)])
def test_transformers_leave_out_norms_and_residuals(device, multiply):
    graph = snapshot_from_text("a = Parameter 1x8\nb = Multiply(a, a)\nc = Add(b, a)\nd = MVN(c)\ne = MatMul(d, a)")
    found = find_ignored_in_transformers(graph, find_target_device(device))
    assert set(found) == {"c", "d"} | ({"b"} if multiply else set())
    assert found["c"] == "model_type 'transformer' leaves out operations of type Add"
