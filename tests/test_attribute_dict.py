"""Access by key and attribute, what is absent, copies, merging."""

import copy
import pickle

import pytest

from openpot.attribute_dict import AttributeDict


@pytest.fixture
def config():
    return AttributeDict({"name": "net", "engine": {"device": "CPU"}, "algorithms": [{"params": {"preset": "mixed"}}]})


def test_nested_dicts_are_read_by_attribute_also_within_lists_and_tuples(config):
    config.pair = ({"a": 1}, 2)
    assert config.engine.device == config["engine"]["device"] == "CPU"
    assert config.algorithms[0].params.preset == "mixed"
    assert config.pair[0].a == 1


def test_a_dict_that_is_assigned_later_is_wrapped_too(config):
    config.engine = {"device": "GPU"}
    config["compression"] = [{"algorithms": {}}]
    assert config.engine.device == "GPU"
    assert isinstance(config.compression[0].algorithms, AttributeDict)


def test_what_is_absent_reads_as_empty_and_reading_stores_nothing(config):
    before = config.to_dict()
    assert config.absent == {}
    assert not config.absent.deeper
    assert config["absent"]["deeper"] == {}
    assert config == before


def test_get_and_in_are_those_of_a_dict(config):
    assert config.get("absent") is None
    assert config.get("absent", 7) == 7
    assert "absent" not in config
    assert config.engine.get("device") == "CPU"


def test_assigning_below_what_is_absent_stores_the_whole_chain(config):
    config.compression.dump.folder = "out"
    assert config.to_dict()["compression"] == {"dump": {"folder": "out"}}


def test_a_stored_chain_can_be_replaced_without_coming_back(config):
    dump = config.dump
    dump.folder = "out"
    config.dump = 3
    dump.folder = "elsewhere"
    assert config.dump == 3


def test_a_key_named_like_a_method_is_reached_by_brackets_only(config):
    with pytest.raises(AttributeError, match=r"items.*\['items'\]"):
        config.items = 3
    config["items"] = 3
    assert config["items"] == 3
    assert callable(config.items)


def test_delete_by_attribute(config):
    del config.name
    assert "name" not in config
    with pytest.raises(AttributeError, match="name"):
        del config.name


def test_protocol_methods_are_absent_and_not_empty(config):
    assert not hasattr(config, "__array_interface__")
    assert not hasattr(config, "__fspath__")


@pytest.mark.parametrize(
    "twin_of", [copy.deepcopy, lambda c: pickle.loads(pickle.dumps(c))], ids=["deepcopy", "pickle"]
)
def test_a_deep_twin_is_equal_of_the_same_class_and_independent(config, twin_of):
    twin = twin_of(config)
    assert twin == config
    assert isinstance(twin.algorithms[0], AttributeDict)
    twin.engine.device = "GPU"
    twin.algorithms[0].params.preset = "performance"
    assert config.engine.device == "CPU"
    assert config.algorithms[0].params.preset == "mixed"


def test_a_dict_that_holds_itself_can_be_deep_copied():
    config = AttributeDict(a=1)
    config.own = config
    twin = copy.deepcopy(config)
    assert twin.own is twin


def test_a_shallow_copy_shares_nested_dicts(config):
    twin = config.copy()
    twin.name = "other"
    twin.engine.device = "GPU"
    assert isinstance(twin, AttributeDict)
    assert config.name == "net"
    assert config.engine.device == "GPU"


def test_to_dict_is_plain_throughout_and_the_source_is_left_alone():
    source = {"a": {"b": 1}, "c": [{"d": ({"e": 2},)}]}
    plain = AttributeDict(source).to_dict()
    assert plain == source
    assert type(plain["a"]) is type(plain["c"][0]) is type(plain["c"][0]["d"][0]) is dict
    assert type(source["a"]) is type(source["c"][0]) is dict


def test_update_merges_nested_dicts_and_wraps_new_ones(config):
    config.update({"engine": {"threads": 2}, "data": {"path": "x"}}, name="other")
    assert config.engine == {"device": "CPU", "threads": 2}
    assert config.data.path == "x"
    assert config.name == "other"


def test_the_merge_operators_behave_like_update(config):
    merged = config | {"name": "other"}
    assert isinstance(merged, AttributeDict)
    assert (merged.name, config.name) == ("other", "net")
    config |= {"data": {"path": "x"}}
    assert config.data.path == "x"


def test_merging_a_nested_dict_does_not_change_the_operands(config):
    merged = config | {"engine": {"device": "GPU"}}
    assert (merged.engine.device, config.engine.device) == ("GPU", "CPU")


def test_setdefault_returns_the_wrapped_value(config):
    assert config.setdefault("name", "other") == "net"
    assert config.setdefault("data", {"path": "x"}).path == "x"


def test_it_is_made_from_pairs_keywords_or_nothing():
    assert AttributeDict([("a", 1)], b=2) == {"a": 1, "b": 2}
    assert AttributeDict() == AttributeDict(None) == {}
