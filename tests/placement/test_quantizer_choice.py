import pytest

from openpot.config.hardware import HardwareOperation, HardwareTable, load_hardware_table
from openpot.config.quantizer import QuantizerConfig
from openpot.errors import ConfigError
from openpot.graph.tensor_id import InputId
from openpot.placement.plan import QuantizerKind
from openpot.placement.quantizer_choice import ChoiceRules, choose_configs, find_served_operations, intersect
from openpot.placement.quantizer_graph import QuantizerGraph
from openpot.scheme import QuantizationMode, parse_granularity
from placement_requests import request_of
from snapshot_text import snapshot_from_text

GRAPH = """
data = Parameter 1x8x4x4
w = Constant 8x8x1x1
wd = Constant 8x1x1x3x3
relu = Relu(data)
pool = MaxPool(relu)
conv = Convolution(pool, w)
depth = GroupConvolution(pool, wd)
norm = MVN(relu, w)
"""


def config(text):
    bits, mode, scope = text.split()
    return QuantizerConfig(int(bits), QuantizationMode(f"{mode}metric"), parse_granularity(f"per{scope}"))


def configs(*texts):
    return tuple(config(text) for text in texts)


def short(chosen):
    return f"{chosen.num_bits} {chosen.mode.removesuffix('metric')} {chosen.granularity.key.removeprefix('per')}"


def choose(inputs, groups=(), table=None, **request):
    """Configurations by quantizer name; ``inputs`` are the readers of one quantizer each."""
    graph = QuantizerGraph(snapshot_from_text(GRAPH))
    request = request_of(placement="pot", **request)
    table = table or request.table
    for reader in inputs:
        kind = QuantizerKind.WEIGHTS if reader.port else QuantizerKind.ACTIVATIONS
        graph.insert(reader, str(reader), kind)
    rules = ChoiceRules(request, table, lambda node: node.type == "MaxPool")
    found = choose_configs(graph, rules, groups)
    return {key: short(value) for key, value in found.configs.items()}, found.warnings


CONV, WEIGHTS, DEPTH, POOL = InputId("conv", 0), InputId("conv", 1), InputId("depth", 0), InputId("pool", 0)


@pytest.mark.parametrize(
    ("preset", "weights", "activations"),
    [
        ("performance", "8 sym channel", "8 sym tensor"),
        ("mixed", "8 sym channel", "8 asym tensor"),
        ("accuracy", "8 asym channel", "8 asym tensor"),
    ],
)
def test_presets(preset, weights, activations):
    found, _ = choose([CONV, WEIGHTS], preset=preset)
    assert found == {"conv[0]": activations, "conv[1]": weights}


def test_what_serves_a_depthwise_convolution_alone_is_per_channel():
    assert choose([DEPTH])[0] == {"depth[0]": "8 sym channel"}


def test_what_serves_several_is_what_they_have_in_common():
    assert choose([POOL])[0] == {"pool[0]": "8 sym tensor"}


def test_a_group_has_one_configuration_per_tensor():
    found, _ = choose([CONV, DEPTH], groups=[["conv[0]", "depth[0]"]], preset="mixed")
    assert found == {"conv[0]": "8 asym tensor", "depth[0]": "8 asym tensor"}


def test_overrides_choose_among_the_entries():
    assert choose([CONV, WEIGHTS], weights={"mode": "asymmetric"}) == (
        {"conv[0]": "8 sym tensor", "conv[1]": "8 asym channel"},
        (),
    )


def test_overrides_that_the_table_does_not_list_are_done_with_a_warning():
    found, warnings = choose([CONV, WEIGHTS], weights={"bits": 4})
    assert found == {"conv[0]": "8 sym tensor", "conv[1]": "4 sym channel"}
    assert warnings == (
        "weights as configured (bits 4) are not in the table of ANY for Convolution: quantized as configured, but the "
        "device may run the operation in float",
    )


def test_operations_with_nothing_in_common_are_an_error():
    table = HardwareTable(
        "X",
        8,
        (
            HardwareOperation("Convolution", activations=configs("8 sym channel")),
            HardwareOperation("GroupConvolution", activations=configs("8 sym tensor")),
            HardwareOperation("MVN", activations=configs("8 asym channel")),
        ),
        ("MaxPool",),
    )
    assert choose([POOL], table=table)[0] == {"pool[0]": "8 sym channel"}
    table = HardwareTable("X", 8, (HardwareOperation("Convolution", activations=configs("8 sym tensor")),), ())
    other = HardwareOperation("DepthWiseConvolution", activations=(QuantizerConfig(mode="neither"),))  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="serves operations that take nothing in common; leave one of them out"):
        choose([POOL], table=HardwareTable("X", 8, (*table.operations, other), ()))


@pytest.mark.parametrize(
    ("left", "right", "primary", "expected"),
    [
        (["8 sym tensor", "8 asym tensor"], ["8 sym tensor"], 8, ["8 sym tensor"]),
        (["8 sym tensor", "8 asym tensor"], ["8 sym tensor", "8 asym tensor"], 8, ["8 sym tensor", "8 asym tensor"]),
        (["16 sym tensor"], ["32 sym tensor"], 16, ["16 sym tensor"]),
        (["32 sym tensor"], ["16 sym tensor"], 16, ["16 sym tensor"]),
        (["8 sym tensor"], ["16 sym tensor"], 16, ["16 sym tensor"]),
        (["8 sym tensor"], ["16 sym tensor"], None, ["8 sym tensor"]),
        (["8 sym channel"], ["8 sym tensor"], 8, ["8 sym tensor"]),
        (["8 asym tensor"], ["8 sym tensor"], 8, ["8 sym tensor"]),
        (["8 asym channel"], ["8 sym tensor"], 8, ["8 sym tensor"]),
        (
            ["8 sym channel", "8 asym channel"],
            ["8 sym tensor", "8 asym tensor"],
            8,
            ["8 sym tensor", "8 asym tensor"],
        ),
    ],
    ids=str,
)
def test_common_entries(left, right, primary, expected):
    assert [short(one) for one in intersect(configs(*left), configs(*right), primary)] == expected


def test_served_operations_are_found_behind_agnostic_ones():
    graph = QuantizerGraph(snapshot_from_text(GRAPH))
    key = graph.insert(POOL, "q", QuantizerKind.ACTIVATIONS).key
    assert find_served_operations(graph, key, lambda node: node.type == "MaxPool") == ["conv", "depth"]
    assert find_served_operations(graph, key, lambda node: False) == ["pool"]


def test_every_table_can_serve_every_operation_alone():
    for device in ("CPU", "GPU", "NPU", "GNA", "GNA3"):
        assert choose([CONV, WEIGHTS], target_device=device, preset="accuracy")[0].keys() == {"conv[0]", "conv[1]"}
        assert load_hardware_table(device).primary_bitwidth in (8, 16)
