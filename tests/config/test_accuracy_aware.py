"""Parameters of accuracy-aware quantization."""

import pytest
from pydantic import ValidationError

from openpot.config.accuracy_aware import AccuracyAwareConfig


def test_the_defaults_are_pot_s():
    config = AccuracyAwareConfig()
    assert (config.maximal_drop, config.drop_type, config.max_iter_num) == (0.01, "absolute", None)
    assert (config.metric_subset_ratio, config.use_prev_if_drop_increase) == (0.5, True)
    assert (config.base_algorithm, config.annotation_free, config.annotation_conf_threshold) == (
        "DefaultQuantization", False, 0.6,
    )  # fmt: skip
    assert (config.convert_to_mixed_preset, config.tune_hyperparams, config.metrics) == (False, False, ())


def test_baselines_count_only_if_every_metric_has_one():
    both = AccuracyAwareConfig.model_validate(
        {"metrics": [{"name": "a", "type": "accuracy", "baseline_value": 0.0}, {"name": "b", "baseline_value": 2}]}
    )
    assert both.baselines == {"a": 0.0, "b": 2.0}
    one = AccuracyAwareConfig.model_validate({"metrics": [{"name": "a", "baseline_value": 1}, "b"]})
    assert one.baselines == {}
    assert [metric.name for metric in one.metrics] == ["a", "b"]


def test_without_annotations_the_usual_output_error_is_allowed_unless_a_drop_is_stated():
    assert AccuracyAwareConfig(annotation_free=True).allowed_drop == 0.15
    assert AccuracyAwareConfig(annotation_free=True, maximal_drop=0.01).allowed_drop == 0.01
    assert AccuracyAwareConfig().allowed_drop == 0.01


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"maximal_drop": -0.1}, "greater than or equal to 0"),
        ({"maximal_drop": float("nan")}, "finite"),
        ({"metric_subset_ratio": 0}, "greater than 0"),
        ({"max_iter_num": -1}, "greater than or equal to 0"),
        ({"metrics": ["a", "a"]}, "named once"),
        ({"metrics": [{"name": "a", "baseline": 1}]}, "baseline"),
        ({"metrics": [{"name": "a", "baseline_value": float("nan")}]}, "finite"),
        ({"metrics": ["a"], "annotation_free": True}, "leave out one"),
        ({"base_algorithm": "TunableQuantization"}, "DefaultQuantization"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_impossible_values_are_refused(params, text):
    with pytest.raises(ValidationError, match=text):
        AccuracyAwareConfig.model_validate(params)
