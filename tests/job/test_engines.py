import pytest

from openpot.config.engine_section import DataFreeSectionConfig, OpenPotEngineConfig, SimplifiedEngineConfig
from openpot.engine.data_free_engine import DataFreeEngine
from openpot.engine.simplified_engine import SimplifiedEngine
from openpot.errors import ConfigError, DeviceError
from openpot.graph.io import load_model
from openpot.job.engines import check_engine, make_engine
from pot_workspace import OWN_ENGINE, make_workspace


@pytest.fixture
def model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make_workspace(tmp_path)
    return load_model({"model": "net.xml"})


def test_own_data_and_metric_measure_the_model_itself_as_right(model):
    engine = make_engine(OpenPotEngineConfig(**OWN_ENGINE), model)
    engine.set_model(model)
    assert engine.predict()[0] == {"accuracy@top1": 1.0}


def test_settings_reach_the_engine(model):
    config = SimplifiedEngineConfig(data_source="pictures", stat_requests_number=1, eval_requests_number=2)
    engine = make_engine(config, model)
    assert isinstance(engine, SimplifiedEngine)
    assert (engine.config.stat_requests_number, engine.config.eval_requests_number) == (1, 2)
    assert len(engine.data_loader) == 6


def test_made_up_pictures_have_the_shape_of_the_input_unless_another_is_stated(model):
    engine = make_engine(DataFreeSectionConfig(subset_size=5, stat_requests_number=1), model)
    assert isinstance(engine, DataFreeEngine)
    assert engine.config.stat_requests_number == 1
    assert (len(engine.data_loader), engine.data_loader[0][0].shape) == (5, (3, 16, 16))
    stated = make_engine(DataFreeSectionConfig(shape=(8, 9, 3), layout="NHWC"), model)
    assert (len(stated.data_loader), stated.data_loader[0][0].shape) == (64, (8, 9, 3))


def test_a_device_that_is_not_there_is_named(model):
    with pytest.raises(DeviceError, match="GPU"):
        make_engine(SimplifiedEngineConfig(data_source="pictures", device="GPU"), model)


def test_a_cascade_needs_an_engine_of_the_users_own(model):
    parts = [{"name": name, "model": "net.xml"} for name in "ab"]
    with pytest.raises(ConfigError, match="runs single models, and the model is a cascade"):
        make_engine(OpenPotEngineConfig(**OWN_ENGINE), load_model({"cascade": parts}))


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (SimplifiedEngineConfig(data_source="x"), "does not go with the engine type 'simplified'"),
        (OpenPotEngineConfig(data={"image_folder": "x"}), "needs engine.metrics"),
    ],
    ids=["simplified", "no metric"],
)
def test_evaluation_without_a_metric_is_refused(config, words):
    with pytest.raises(ConfigError, match=words):
        check_engine(config, evaluate=True)


def test_evaluation_with_a_metric_is_not():
    check_engine(OpenPotEngineConfig(**OWN_ENGINE), evaluate=True)
    check_engine(SimplifiedEngineConfig(data_source="x"))
