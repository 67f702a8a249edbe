import sys

import numpy as np
import pytest

from openpot.config.data_section import MetricConfig
from openpot.data.metric import Metric
from openpot.errors import ConfigError, DataError
from openpot.job.metric_table import METRICS, list_metric_parameters, make_metric

MODULE = """
from openpot.data.metric import Metric

class Always(Metric):
    def reset(self): self.seen = 0
    def update(self, output, target): self.seen += len(target)
    @property
    def avg_value(self): return {"seen": self.seen}
    def get_attributes(self): return {"seen": {"direction": "higher-better", "type": "seen"}}

ready = Always()
number = 3

def error(outputs, annotation):
    return abs(float(outputs[0].sum()) - annotation)
"""


@pytest.fixture(autouse=True)
def module(tmp_path, monkeypatch):
    (tmp_path / "my_metrics.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "my_metrics", raising=False)


def made(*sections):
    return make_metric([MetricConfig(**section) for section in sections])


@pytest.mark.parametrize("name", METRICS)
def test_every_name_of_the_table_is_a_metric_with_parameters(name):
    needed = {"num_classes": 3} if name in ("dice", "miou") else {}
    assert isinstance(made({"name": name, **needed}), Metric)
    assert "name" not in list_metric_parameters()[name]


def test_parameters_reach_the_metric():
    assert list(made({"name": "accuracy", "k": 5}).get_attributes()) == ["accuracy@top5"]
    assert list(made({"name": "accuracy", "top_k": 5}).get_attributes()) == ["accuracy@top5"]


def test_one_parameter_in_both_spellings_is_told():
    assert {"k", "top_k"} <= set(list_metric_parameters()["accuracy"])


def test_a_value_that_a_metric_refuses_is_an_error_of_the_configuration():
    with pytest.raises(ConfigError, match="k must be a whole number from 1"):
        made({"name": "accuracy", "k": 0})


def test_nothing_to_measure_is_no_metric():
    assert make_metric([]) is None


def test_several_metrics_are_one():
    metric = made({"name": "accuracy"}, {"callable": "my_metrics:error", "higher_better": False})
    metric.update([np.array([[0.0, 3.0]])], [1])
    assert metric.avg_value == {"accuracy@top1": 1.0, "error": 2.0}
    assert metric.get_attributes()["error"]["direction"] == "higher-worse"


@pytest.mark.parametrize("name", ["Always", "ready"])
def test_a_metric_of_the_users_own_may_be_a_class_or_an_object(name):
    metric = made({"callable": f"my_metrics:{name}"})
    metric.reset()
    metric.update([], [1, 2])
    assert metric.avg_value == {"seen": 2}


def test_a_function_may_get_another_name():
    assert list(made({"callable": "my_metrics:error", "name": "L1"}).get_attributes()) == ["L1"]


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("my_metrics:number", ConfigError, "expected a Metric"),
        ("my_metrics:errors", DataError, "did you mean 'error'"),
        ("no_metrics:error", DataError, "no module 'no_metrics'"),
    ],
)
def test_what_is_no_metric_is_refused(name, error, words):
    with pytest.raises(error, match=words):
        made({"callable": name})
