import pytest

from openpot.engine.base import Engine
from openpot.errors import DataError, EngineError
from toy_engines import LabelMetric, ListLoader, PlainEngine, labelled_images


class SilentEngine(Engine):
    def predict(
        self, stats_layout=None, sampler=None, stat_aliases=None, metric_per_sample=False, print_progress=False
    ):
        return None, {}


def test_config_is_readable_by_key_and_attribute():
    engine = SilentEngine({"device": "CPU", "outputs": {"regions": ["a"]}, "stat_requests_number": 3})
    assert engine.config.device == engine.config["device"] == "CPU"
    assert engine.config.outputs.regions == ["a"]
    assert (engine._stat_requests_number, engine._eval_requests_number) == (3, None)


def test_config_may_be_left_out():
    assert SilentEngine().config == {}


def test_predict_must_be_defined():
    with pytest.raises(TypeError, match="predict"):
        Engine({})


def test_missing_data_loader_is_named():
    with pytest.raises(EngineError, match="SilentEngine has no data loader"):
        _ = SilentEngine({}).data_loader


def test_empty_data_loader_is_refused():
    with pytest.raises(DataError, match="empty"):
        _ = SilentEngine({}, ListLoader([])).data_loader


def test_data_loader_and_metric_are_those_that_were_given():
    loader, metric = labelled_images(), LabelMetric()
    engine = SilentEngine({}, loader, metric)
    assert engine.data_loader is loader
    assert engine.metric is metric


def test_set_model_does_nothing_by_default():
    assert SilentEngine().set_model(object()) is None


def test_metric_attributes_come_from_the_metric():
    assert SilentEngine({}, None, LabelMetric()).get_metrics_attributes() == {
        "label": {"direction": "higher-better", "type": "mean"}
    }


def test_metric_attributes_without_metric_are_an_error():
    with pytest.raises(EngineError, match="PlainEngine has no metric"):
        PlainEngine(labelled_images()).get_metrics_attributes()
