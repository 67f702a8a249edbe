import pytest

from openpot.algorithms.tunable_quantization import TunableQuantization
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from toy_engines import labelled_images
from toy_models import worked_example


def choices(**params):
    algorithm = TunableQuantization(params, IEEngine({"device": "CPU"}, labelled_images()))
    return {
        name: found
        for name, kind, found in algorithm.get_parameter_meta(CompressedModel(graph=worked_example()))
        if kind == "choice"
    }


def test_the_first_choice_changes_nothing_and_the_table_gives_the_others():
    found = choices(tuning_scope=["mode"])
    assert all(one[0] == {"quantize": 1} for one in found.values())
    assert found["conv1"] == [{"quantize": 1}, {"quantize": 1, "activations": {"mode": "symmetric"}}]


def test_weights_that_the_device_would_run_in_float_are_offered_where_pot_offered_them():
    assert {"quantize": 1, "weights": {"mode": "asymmetric"}} not in choices(tuning_scope=["mode"])["conv1"]
    assert {"quantize": 1, "weights": {"mode": "asymmetric"}} in choices(tuning_scope=["mode"], placement="pot")[
        "conv1"
    ]


@pytest.mark.parametrize(
    ("scope", "count"),
    [
        ([], 1),
        (["layer"], 2),
        (["estimator_preset"], 4),
        (["estimator_type"], 4),
        (["estimator_aggregator"], 4),
        (["estimator_outlier_prob"], 9),
        (["estimator_outlier_prob", "mode"], 18),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_choices_differ_in_what_is_in_the_scope(scope, count):
    found = choices(tuning_scope=scope, outlier_prob_choices=[1e-2, 1e-3])["conv1"]
    assert len(found) == count
    assert all(left != right for place, left in enumerate(found) for right in found[:place])
