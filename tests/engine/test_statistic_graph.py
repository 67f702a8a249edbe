import numpy as np
import pytest

from openpot.engine.statistic_graph import StatisticGraphBuilder
from openpot.errors import UnknownNameError
from openpot.graph.io import load_model
from openpot.graph.model import CompressedModel
from toy_models import tiny_cnn


@pytest.fixture
def cascade(tmp_path):
    parts = []
    for seed, name in enumerate(("first", "second")):
        saved = CompressedModel(graph=tiny_cnn(seed)).save(tmp_path, name)
        parts.append({"name": name, **saved[0]})
    model = load_model({"model_name": "both", "cascade": parts})
    for entry, name in zip(model.models, ("first", "second"), strict=True):
        entry["model"].set_friendly_name(name)
    return model


def test_keys_are_mapped_to_outputs_of_the_member_that_has_them(cascade):
    layout = {"first_relu1": {"max": np.max}, ("second_fc", 0): {"max": np.max}}
    model, found, in_bodies = StatisticGraphBuilder().insert_statistic(cascade, layout, {"algorithm": {}})
    assert model is cascade
    assert found == {"first": {"first_relu1": ("first_relu1", 0)}, "second": {("second_fc", 0): ("second_fc", 0)}}
    assert in_bodies == {}


def test_a_node_of_no_member_is_an_error(cascade):
    with pytest.raises(UnknownNameError, match="relu9"):
        StatisticGraphBuilder().insert_statistic(cascade, {"first_relu9": {}})
