import copy

import pytest

import openpot
import openvino as ov
from openpot.errors import OpenPotWarning
from openpot.legacy.compressed_model import CompressedModel, load_model, save_model
from openpot.legacy.graph_node import GraphNode
from toy_models import tiny_cnn, worked_example


@pytest.fixture
def paths(tmp_path):
    for model, name in ((worked_example(), "a"), (tiny_cnn(), "b")):
        ov.save_model(model, tmp_path / f"{name}.xml", compress_to_fp16=False)
    return [{"name": n, "model": str(tmp_path / f"{n}.xml"), "weights": str(tmp_path / f"{n}.bin")} for n in "ab"]


@pytest.fixture(params=["single", "cascade"])
def model(request, paths):
    config = {"model_name": "both", "cascade": paths} if request.param == "cascade" else {**paths[0], "model_name": "a"}
    return load_model(config)


def test_it_is_openpots_own_class_with_graphs(model):
    assert isinstance(model, openpot.CompressedModel)
    for entry in model.models:
        assert isinstance(entry["model"], ov.Model)
        assert entry["model"].get_op_nodes(type="MatMul")


def test_copies_have_graphs_too(model):
    for twin in (model.copy(), copy.deepcopy(model)):
        assert type(twin) is CompressedModel
        assert twin.models[0]["model"] is not model.models[0]["model"]
        assert twin.models[0]["model"].nodes() == model.models[0]["model"].nodes()


def test_models_that_were_taken_over_have_graphs(paths):
    model = load_model({**paths[0], "model_name": "a"})
    model.take_over(openpot.load_model({**paths[0], "model_name": "a"}))
    assert model.models[0]["model"].get_op_nodes(name="fc")
    assert model.members[0].model.get_op_nodes(name="fc")


def test_operations_of_all_members_are_nodes(model):
    found = model.get_op_nodes(type="MatMul")
    assert len(found) == len(model.models)
    assert found == [node for node in model.pseudo_topological_sort() if node.type == "MatMul"]
    assert all(isinstance(node, GraphNode) for node in model.get_final_output_nodes())
    assert model.get_final_output_nodes()[0].type == "Result"
    assert model.is_node_ignored({"operations": [{"type": "MatMul"}]}, found[0]) is (not model.is_cascade)
    assert model._is_cascade is model.is_cascade


def test_there_is_no_mapping_and_who_asks_is_told(model, tmp_path):
    for files in (
        save_model(model, tmp_path / "x"),
        model.save(tmp_path / "y"),
        save_model(openpot_model(model), tmp_path),
    ):
        assert files[0]["model"].endswith(".xml")
        assert not list(tmp_path.rglob("*.mapping"))
        with pytest.raises(KeyError, match=r"there is no \.mapping file"):
            files[0]["mapping"]
        with pytest.raises(KeyError, match="colour"):
            files[0]["colour"]


def openpot_model(model):
    return openpot.CompressedModel(graph=model.models[0]["model"])


def test_a_configuration_that_names_a_mapping_is_told(paths):
    with pytest.warns(OpenPotWarning, match=r"'net.mapping'.*there is no \.mapping file"):
        load_model({**paths[0], "model_name": "a", "mapping": "net.mapping"})
    with pytest.warns(OpenPotWarning, match=r"'one.mapping'"):
        load_model({"model_name": "both", "cascade": [{**paths[0], "mapping": "one.mapping"}, paths[1]]})
