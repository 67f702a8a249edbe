"""Metrics by name."""

import pytest

from openpot.data.metric import Metric
from openpot.data.metric_names import METRICS, metric_by_name
from openpot.data.metrics import ssim
from openpot.errors import ConfigError, MissingExtraError, UnknownNameError

NEEDED = {"miou": {"num_classes": 3}, "dice": {"num_classes": 3}}


@pytest.mark.parametrize("name", METRICS)
def test_every_name_makes_a_metric_that_keeps_the_contract(name):
    metric = metric_by_name(name.upper(), **NEEDED.get(name, {}))
    assert isinstance(metric, Metric)
    ((title, facts),) = metric.get_attributes().items()
    assert title in metric.value
    assert (facts["direction"] == "higher-better") is metric.higher_better is (name not in ("cer", "wer"))
    assert isinstance(facts["type"], str)


def test_unknown_names_are_met_with_the_nearest():
    with pytest.raises(UnknownNameError, match="no metric 'mio'; did you mean 'miou'"):
        metric_by_name("mio")
    with pytest.raises(UnknownNameError, match="no parameter 'topk'; "):
        metric_by_name("accuracy", topk=5)


def test_missing_and_impossible_parameters_are_told():
    with pytest.raises(ConfigError, match="'miou' needs the parameter 'num_classes'"):
        metric_by_name("miou")
    with pytest.raises(ConfigError, match="the metric 'miou': "):
        metric_by_name("miou", num_classes="three")


def test_missing_library_is_told_with_the_extra(monkeypatch):
    def absent(module, package, extra, purpose):
        raise MissingExtraError(f"{purpose} needs {package}: {extra}")

    monkeypatch.setattr(ssim, "import_extra", absent)
    with pytest.raises(MissingExtraError, match="the metric ssim needs scikit-image: metrics"):
        metric_by_name("ssim")
