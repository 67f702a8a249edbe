"""What fails before any time is spent."""

import pytest

from openpot.algorithms.base import Algorithm
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.algorithms.preflight import check_before_run
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import ConfigError, DataError, EngineError
from openpot.graph.io import load_model
from openpot.graph.model import CompressedModel
from toy_engines import ListLoader, PlainEngine, labelled_images
from toy_models import tiny_cnn


class Nothing(Algorithm):
    name = "Nothing"

    def run(self, model):
        return model


@pytest.fixture
def cascade(tmp_path):
    import openvino as ov

    parts = []
    for name in ("first", "second"):
        ov.save_model(tiny_cnn(), tmp_path / f"{name}.xml", compress_to_fp16=False)
        parts.append({"name": name, "model": tmp_path / f"{name}.xml", "weights": tmp_path / f"{name}.bin"})
    return load_model({"model_name": "pair", "cascade": parts})


def test_a_run_that_can_end_well_passes_without_touching_the_data():
    loader = labelled_images(2)
    check_before_run(IEEngine({}, loader), CompressedModel(graph=tiny_cnn()), [MinMaxQuantization()])
    assert loader.calls == []


@pytest.mark.parametrize(("asked", "told"), [(300, True), (2, False)], ids=["too many", "as many as there are"])
def test_fewer_samples_than_asked_for_are_told(caplog, asked, told):
    algorithm = MinMaxQuantization({"stat_subset_size": asked})
    check_before_run(IEEngine({}, labelled_images(2)), CompressedModel(graph=tiny_cnn()), [algorithm])
    assert ("the data set has 2 samples: all calibrate, where 300 could (subset_size)" in caplog.messages) == told


def test_empty_data_are_refused():
    with pytest.raises(DataError, match="the data set is empty"):
        check_before_run(IEEngine({}, ListLoader([])), CompressedModel(graph=tiny_cnn()), [MinMaxQuantization()])


def test_missing_engines_and_data_are_refused():
    model = CompressedModel(graph=tiny_cnn())
    with pytest.raises(ConfigError, match="pass an engine"):
        check_before_run(None, model, [MinMaxQuantization()])
    with pytest.raises(EngineError, match="no data loader"):
        check_before_run(IEEngine({}), model, [MinMaxQuantization()])


def test_cascades_need_an_engine_of_the_users_own(cascade):
    with pytest.raises(EngineError, match="'pair' is a cascade of 2"):
        check_before_run(IEEngine({}, labelled_images(2)), cascade, [MinMaxQuantization()])
    check_before_run(PlainEngine(labelled_images(2)), cascade, [MinMaxQuantization()])


def test_algorithms_of_the_users_own_are_left_to_themselves(cascade):
    check_before_run(None, cascade, [Nothing()])
