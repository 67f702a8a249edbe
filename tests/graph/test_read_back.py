import tempfile

import numpy as np
import pytest

from openpot.errors import OpenPotWarning
from openpot.graph.edit import set_metadata, tag_node
from openpot.graph.node_attributes import attributes_of_nodes
from openpot.graph.read_back import read_back
from openpot.graph.same_model import find_first_difference
from toy_models import images, loop_model, run, tiny_cnn


@pytest.mark.parametrize("make", [tiny_cnn, loop_model])
def test_the_same_model_comes_back(make):
    assert find_first_difference(make(), read_back(make())) is None


def test_attributes_of_nodes_are_gone_and_metadata_are_there():
    model = tiny_cnn()
    tag_node(model.get_ops()[0], "note", "x")
    set_metadata(model, {"key": "value"}, "section")
    back = read_back(model)
    assert "note" not in attributes_of_nodes(back)
    assert back.get_rt_info(["section", "key"]).value == "value"


def test_the_model_does_not_need_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    model = tiny_cnn()
    back = read_back(model)
    assert list(tmp_path.iterdir()) == []
    data = images(1)[0][None]
    np.testing.assert_array_equal(run(back, data)[0], run(model, data)[0])


def test_without_a_place_for_the_file_the_model_is_taken_as_it_is_and_a_warning_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    model = tiny_cnn()
    with pytest.warns(OpenPotWarning, match="temporary file"):
        assert read_back(model) is model
