"""Two metrics are the same only if they measure the same."""

from openpot.data.callable_metric import CallableMetric
from openpot.data.metric_identity import identify_metric
from openpot.data.metrics.top_k import TopKAccuracy


def function(text):
    namespace = {}
    exec(f"def score(outputs, annotation):\n    return {text}", namespace)
    return namespace["score"]


def test_the_same_code_is_the_same_metric():
    first, second = (CallableMetric(function("outputs[0].max() * 2")) for _ in range(2))
    assert identify_metric(first) == identify_metric(second)


def test_another_function_of_the_same_name_is_another_metric():
    identities = [
        identify_metric(CallableMetric(function(text), higher_better=better))
        for text, better in [("1.0", True), ("2.0", True), ("1.0", False), ("annotation in {'a', 'b'}", True)]
    ]
    assert len({str(identity) for identity in identities}) == len(identities)


def test_parameters_and_classes_count_and_what_was_seen_does_not():
    assert identify_metric(TopKAccuracy(k=1)) != identify_metric(TopKAccuracy(k=5))
    assert identify_metric(TopKAccuracy()) != identify_metric(CallableMetric(function("1.0")))
    used = CallableMetric(function("1.0"))
    used.update([[0.0]], [1])
    assert identify_metric(used) == identify_metric(CallableMetric(function("1.0")))
    assert identify_metric(None) == identify_metric(None)
