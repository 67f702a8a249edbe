from openpot.placement.block_patterns import BlockPattern
from openpot.placement.pattern_matching import block_members, find_blocks
from snapshot_text import snapshot_from_text

GRAPH = snapshot_from_text("""
data = Parameter 1x8x4x4
w = Constant 8x8x3x3
c = Constant 1x8x1x1
conv = Convolution(data, w)
bias = Add(conv, c)
three = Add(bias, c)
six = Clamp(three)
hswish = Multiply(bias, six)
depth = GroupConvolution(hswish, w)
other = Add(depth, hswish)
""")


def found(*chains):
    return list(find_blocks(BlockPattern("p", chains), GRAPH))


def test_a_chain_follows_the_readers():
    (match,) = found("Convolution:input > Add+const > Add+const > Clamp")
    assert block_members(match) == ["bias", "three", "six"]


def test_a_constant_may_be_asked_for():
    assert [block_members(match) for match in found("Convolution:input > Add")] == [["bias"], ["other"]]
    assert [block_members(match) for match in found("Convolution:input > Add+const")] == [["bias"]]


def test_grouped_convolutions_are_convolutions():
    assert [match["c"] for match in found("Convolution:c")] == ["conv", "depth"]


def test_branches_meet_again_at_named_nodes():
    (match,) = found("Convolution:input > Add+const:x > Add+const > Clamp > Multiply:mul", "@x > @mul")
    assert (match["x"], match["mul"]) == ("bias", "hswish")
    assert found("Convolution:input > Add+const:x > Add+const > Clamp > Multiply:mul", "@input > @mul") == []


def test_a_second_chain_may_be_known_only_at_its_end():
    matches = found("Convolution:depth > Add:end", "Clamp > Multiply:gate > @end")
    assert [(match["depth"], match["gate"], match["end"]) for match in matches] == [("depth", "hswish", "other")]


def test_no_operation_is_two_nodes_of_a_pattern():
    assert found("Add+const:a > Add+const:b > Add+const:c") == []
