import copy

import numpy as np
import pytest

import openvino as ov
from openpot.errors import ConfigError, ModelError
from openpot.graph.edit import ModelEditor
from openpot.graph.model import CompressedModel
from openpot.graph.text import text_from_model
from toy_models import images, loop_model, run, tiny_cnn

DATA = images(1)[0][None]


def cascade(tmp_path, names=("det", "cls")):
    for seed, name in enumerate(names):
        ov.save_model(tiny_cnn(seed), tmp_path / f"{name}.xml", False)
    parts = [
        {"name": name, "model": str(tmp_path / f"{name}.xml"), "weights": str(tmp_path / f"{name}.bin")}
        for name in names
    ]
    return CompressedModel(config={"model_name": "pair", "cascade": parts})


def change(model, position=0):
    with ModelEditor(model.models[position]["model"]) as editor:
        editor.rename(next(name for name in editor.nodes if name.endswith("conv1")), "changed")


def test_a_model_of_the_callers_is_never_changed():
    mine = tiny_cnn()
    before = text_from_model(mine)
    change(CompressedModel(graph=mine))
    assert text_from_model(mine) == before


def test_a_single_model_has_no_member_name():
    model = CompressedModel(graph=tiny_cnn())
    assert not model.is_cascade
    assert [set(entry) for entry in model.models] == [{"model"}]
    assert model.members[0].name == ""
    assert model.name == "tiny"


def test_members_of_a_cascade_are_prefixed_in_memory(tmp_path):
    model = cascade(tmp_path)
    assert model.is_cascade
    assert [entry["name"] for entry in model.models] == ["det", "cls"]
    assert model.name == "pair"
    assert "det_conv1" in model.snapshot(0)
    assert "cls_conv1" in model.snapshot(1)
    np.testing.assert_array_equal(run(model.members[1].model, DATA)[0], run(tiny_cnn(1), DATA)[0])


def test_models_of_a_cascade_that_are_called_alike_get_the_names_of_the_members(tmp_path):
    model = cascade(tmp_path)
    assert [entry["model"].get_friendly_name() for entry in model.models] == ["det", "cls"]
    other = tiny_cnn()
    other.set_friendly_name("another")
    parts = [{"name": "a", "model": tiny_cnn()}, {"name": "b", "model": other}]
    kept = CompressedModel(config={"model_name": "pair", "cascade": parts})
    assert [entry["model"].get_friendly_name() for entry in kept.models] == ["tiny", "another"]


def test_a_cascade_of_one_counts_as_a_single_model(tmp_path):
    model = cascade(tmp_path, ["only"])
    assert not model.is_cascade
    assert "name" not in model.models[0]
    assert "conv1" in model.snapshot()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "neither was given"),
        ({"config": {"model_name": "a"}}, "needs the key 'model'"),
        ({"config": {"cascade": [{"name": "a", "model": tiny_cnn()}, {"model": tiny_cnn()}]}}, "'name' of its own"),
        ({"config": {"cascade": [{"name": "a", "model": tiny_cnn()}] * 2}}, "'name' of its own"),
    ],
    ids=["nothing", "no path", "no name", "one name twice"],
)
def test_incomplete_configurations_are_refused(arguments, words):
    with pytest.raises(ConfigError, match=words):
        CompressedModel(**arguments)


def test_the_snapshot_is_kept_until_the_model_changes():
    model = CompressedModel(graph=tiny_cnn())
    first = model.snapshot()
    assert model.snapshot() is first
    change(model)
    assert "changed" in model.snapshot()
    assert "changed" not in first


def test_the_snapshot_follows_a_replaced_member():
    model = CompressedModel(graph=tiny_cnn())
    model.snapshot()
    model.take_over(CompressedModel(graph=loop_model()))
    assert "loop" in model.snapshot()
    assert "loop|fc" in model.snapshots()["loop"]


def test_changes_by_other_means_are_seen_after_forgetting():
    model = CompressedModel(graph=tiny_cnn())
    model.snapshot()
    model.models[0]["model"].get_ordered_ops()[0].set_friendly_name("other")
    assert "other" not in model.snapshot()
    model.forget_snapshots()
    assert "other" in model.snapshot()


@pytest.mark.parametrize("duplicate", [CompressedModel.copy, copy.deepcopy], ids=["copy", "deepcopy"])
def test_a_copy_is_independent(duplicate):
    model = CompressedModel(graph=tiny_cnn())
    twin = duplicate(model)
    change(twin)
    twin.meta_data[0]["a"] = {"b": "c"}
    twin.name = "twin"
    assert "conv1" in model.snapshot()
    assert "changed" in twin.snapshot()
    assert model.meta_data == [{}]
    assert model.name == "tiny"


def test_saving_strips_the_prefix_unless_it_is_wanted(tmp_path):
    model = cascade(tmp_path)
    answer = model.save(tmp_path / "out", "both")
    assert [entry["name"] for entry in answer] == ["det", "cls"]
    assert answer[0]["model"] == str(tmp_path / "out" / "both_det.xml")
    assert "conv1" in CompressedModel(config=answer[0]).snapshot()
    assert "det_conv1" in model.snapshot()
    answer = model.save(tmp_path / "prefixed", for_stat_collection=True)
    assert answer[1]["weights"] == str(tmp_path / "prefixed" / "cls.bin")
    assert "cls_conv1" in CompressedModel(config=answer[1]).snapshot()


def test_meta_data_are_written_without_changing_the_model_in_memory(tmp_path):
    model = CompressedModel(config={"model": tiny_cnn(), "quantization_info": {"config": "{'a': 1}"}})
    model.meta_data[0]["openpot"] = {"version": "1"}
    (answer,) = model.save(tmp_path)
    saved = ov.Core().read_model(answer["model"])
    assert "{'a': 1}" in saved.get_rt_info(["quantization_parameters", "config"]).value
    assert saved.get_rt_info(["openpot", "version"]).value == "1"
    assert not model.members[0].model.has_rt_info(["openpot", "version"])


def test_meta_data_of_the_file_stay(tmp_path):
    mine = tiny_cnn()
    mine.set_rt_info("layout", ["model_info", "author"])
    (answer,) = CompressedModel(graph=mine).save(tmp_path)
    assert ov.Core().read_model(answer["model"]).get_rt_info(["model_info", "author"]).value == "layout"


def test_meta_data_are_given_for_each_model():
    model = CompressedModel(graph=tiny_cnn())
    model.meta_data = [{"a": {"b": "c"}}]
    with pytest.raises(ConfigError, match=r"1 model\(s\) are needed, 2 were given"):
        model.meta_data = [{}, {}]


@pytest.mark.parametrize(("name", "stem"), [("a/b", "a_b"), ("c\\d", "c_d"), ("", "tiny")])
def test_names_of_files_hold_no_separators(tmp_path, name, stem):
    (answer,) = CompressedModel(graph=tiny_cnn()).save(tmp_path, name)
    assert answer["model"] == str(tmp_path / f"{stem}.xml")


def test_nodes_are_counted_listed_and_sorted(tmp_path):
    model = cascade(tmp_path)
    assert model.number_of_nodes() == len(model.node_labels()) == len(model.pseudo_topological_sort()) == 36
    assert {"det_conv1", "cls_conv1"} <= set(model.node_labels())
    assert [node.get_friendly_name() for node in model.get_final_output_nodes()] == ["cls_result"]
    assert "loop|fc" in CompressedModel(graph=loop_model()).node_labels()


def test_nodes_are_relabelled():
    model = CompressedModel(graph=loop_model())
    model.relabel_nodes({"loop|fc": "loop|dense", "x": "input"})
    assert {"loop|dense", "input"} <= set(model.node_labels())
    with pytest.raises(ModelError, match="no operation to rename is called 'nope'"):
        model.relabel_nodes({"nope": "a"})


def test_cleaning_up_keeps_the_model():
    model = CompressedModel(graph=tiny_cnn())
    before = model.node_labels()
    model.clean_up()
    assert model.node_labels() == before


def test_the_ignored_scope_is_asked_with_names_without_prefix(tmp_path):
    model = cascade(tmp_path)
    scope = {"det": {"scope": ["conv1"]}}
    ignored = [n.get_friendly_name() for n in model.pseudo_topological_sort() if model.is_node_ignored(scope, n)]
    assert ignored == ["det_conv1"]
