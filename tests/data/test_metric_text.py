"""Metrics as texts."""

import pytest

from openpot.data.metric_text import metric_by_text, split_metric_text
from openpot.data.metrics.top_k import TopKAccuracy
from openpot.errors import ConfigError, UnknownNameError


def test_a_name_with_parameters():
    assert split_metric_text("accuracy, k=5,mode=a b") == ("accuracy", {"k": 5, "mode": "a b"})
    assert isinstance(metric_by_text("Accuracy,k=5"), TopKAccuracy)


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("acuracy", UnknownNameError, "accuracy"),
        ("accuracy,l=5", UnknownNameError, "valid names: k, "),
        ("accuracy,5", ConfigError, "PARAMETER=VALUE"),
        ("accuracy,name=x", ConfigError, "got 'name=x'"),
    ],
)
def test_what_is_no_metric_is_refused(text, error, words):
    with pytest.raises(error, match=words):
        metric_by_text(text)
