import json

import pytest

from openpot.errors import ConfigError, MissingFileError
from openpot.legacy.hardware_config import HardwareConfig, load_hardware_config

TABLE = {
    "target_device": "TOY",
    "primary_bitwidth": 4,
    "config": {"quantization": {"a": {"bits": 8, "mode": ["symmetric", "asymmetric"], "granularity": "pertensor"}}},
    "operations": [
        {
            "type": "Convolution",
            "quantization": {"activations": "a", "weights": ["a", {"bits": [4, 8], "mode": "symmetric"}]},
        },
        {"type": "Concat", "attributes": {"unified_scales": "all"}},
        {"type": "Pool", "kind": "max"},
        {"type": "Pool", "kind": ["avg", "sum"]},
    ],
}


@pytest.fixture
def path(tmp_path):
    place = tmp_path / "toy.json"
    place.write_text(json.dumps(TABLE))
    return place


def test_file_is_read_with_named_quantizers_expanded(path):
    table = HardwareConfig.from_json(path)
    assert (table[0].target_device, table[1].primary_bitwidth, table[1].input_priority_types) == ("TOY", 4, [])
    assert [choice.mode for choice in table[2].quantization.activations] == ["symmetric", "asymmetric"]
    assert [(choice.bits, choice.mode) for choice in table[2].quantization.weights] == [
        (8, "symmetric"),
        (8, "asymmetric"),
        (4, "symmetric"),
        (8, "symmetric"),
    ]
    assert table[3].attributes.unified_scales == "all"


def test_target_device_may_be_given(path):
    assert HardwareConfig.from_json(path, "OTHER")[0].target_device == "OTHER"


@pytest.mark.parametrize(
    ("kind", "attributes", "position"),
    [("Concat", {}, 3), ("Pool", {"kind": "sum"}, 5), ("Pool", {"kind": "min"}, None), ("Absent", {}, None)],
    ids=["by type", "by attribute", "no such attribute", "no such type"],
)
def test_entries_are_found(path, kind, attributes, position):
    table = HardwareConfig.from_json(path)
    assert table.get(kind, attributes) is (None if position is None else table[position])


def test_ambiguous_entries_are_refused(path):
    with pytest.raises(ConfigError, match="2 hardware entries"):
        HardwareConfig.from_json(path).get("Pool", {})


def test_missing_file_is_named(tmp_path):
    with pytest.raises(MissingFileError, match=r"absent\.json"):
        HardwareConfig.from_json(tmp_path / "absent.json")


def test_broken_file_is_named(tmp_path):
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(ConfigError, match=r"broken\.json"):
        HardwareConfig.from_json(tmp_path / "broken.json")


@pytest.mark.parametrize("config", [{}, {"target_device": None}, {"target_device": "CPU"}], ids=["none", "null", "cpu"])
def test_cpu_table_prefers_symmetric_activations_and_narrow_weights(config):
    entry = load_hardware_config(config).get("Convolution", {})
    assert entry.quantization.activations[0] == {"bits": 8, "mode": "symmetric", "granularity": "pertensor"}
    assert entry.quantization.weights[0] == {
        "bits": 8,
        "mode": "symmetric",
        "granularity": "perchannel",
        "level_low": -127,
        "level_high": 127,
    }


def test_unified_operations_say_so():
    assert load_hardware_config({"target_device": "CPU"}).get("Concat", {}).attributes.unified_scales == "all"


def test_unknown_devices_are_value_errors():
    with pytest.raises(ValueError, match="TPU"):
        load_hardware_config({"target_device": "TPU"})
