import pytest

from openpot.attribute_dict import AttributeDict
from openpot.legacy.range_estimator import get_range_estimator_config


@pytest.mark.parametrize(
    ("kind", "granularity", "mode", "expected"),
    [
        (
            "activations",
            "pertensor",
            "symmetric",
            {
                "min": {"type": "min", "aggregator": "min", "granularity": "pertensor"},
                "max": {"type": "abs_max", "aggregator": "mean", "granularity": "pertensor"},
            },
        ),
        (
            "activations",
            "perchannel",
            "asymmetric",
            {
                "min": {"type": "min", "aggregator": "min", "granularity": "perchannel"},
                "max": {"type": "max", "aggregator": "max", "granularity": "perchannel"},
            },
        ),
        ("weights", "perchannel", "symmetric", {"max": {"type": "abs_max", "granularity": "perchannel"}}),
    ],
    ids=["activations", "channels", "weights"],
)
def test_defaults_are_complete(kind, granularity, mode, expected):
    assert get_range_estimator_config({}, kind, granularity, mode) == expected


def test_estimator_of_the_kind_wins_over_the_general_one():
    config = AttributeDict(
        range_estimator={"preset": "quantile"}, activations={"range_estimator": {"max": {"clipping_value": 6.0}}}
    )
    found = get_range_estimator_config(config, "activations", "pertensor", "asymmetric")
    assert found["max"] == {"type": "max", "aggregator": "mean", "granularity": "pertensor", "clipping_value": 6.0}
    assert get_range_estimator_config(config, "weights", "perchannel", "symmetric")["max"]["type"] == "abs_quantile"


def test_preset_may_be_given_apart_from_the_configuration():
    found = get_range_estimator_config({}, "outputs", "pertensor", "asymmetric", preset="quantile")
    assert found["min"] == {"type": "quantile", "outlier_prob": 1e-4, "aggregator": "mean", "granularity": "pertensor"}


def test_texts_are_plain():
    found = get_range_estimator_config({}, "weights", "pertensor", "asymmetric")
    assert {type(value) for end in found.values() for value in end.values()} == {str}
