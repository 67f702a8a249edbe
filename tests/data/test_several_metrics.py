import numpy as np
import pytest

from openpot.data.callable_metric import CallableMetric
from openpot.data.metrics.top_k import TopKAccuracy
from openpot.data.several_metrics import SeveralMetrics
from openpot.errors import ConfigError


def test_all_metrics_see_the_same_outputs():
    metric = SeveralMetrics([TopKAccuracy(), CallableMetric(lambda outputs, label: float(label), "label", False)])
    metric.update([np.array([[0.0, 1.0], [1.0, 0.0]])], [1, 1])
    assert metric.value == {"accuracy@top1": [1.0, 0.0], "label": [1.0, 1.0]}
    assert metric.avg_value == {"accuracy@top1": 0.5, "label": 1.0}
    assert {name: facts["direction"] for name, facts in metric.get_attributes().items()} == {
        "accuracy@top1": "higher-better",
        "label": "higher-worse",
    }
    metric.reset()
    metric.update([np.array([[1.0, 0.0]])], [0])
    assert metric.avg_value == {"accuracy@top1": 1.0, "label": 0.0}


@pytest.mark.parametrize("metrics", [[], [TopKAccuracy(), TopKAccuracy()]], ids=["none", "one name twice"])
def test_values_need_names_of_their_own(metrics):
    with pytest.raises(ConfigError, match="different names"):
        SeveralMetrics(metrics)
