"""The engine's metric on a trial graph."""

import pytest

from metric_engines import Agreement, engine_with, held, variant_of
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import MetricError
from openpot.search.rank_units import build_switched_graph
from openpot.trial.metric_trial import MetricTrial
from toy_engines import ListLoader
from toy_models import images


class Halving(IEEngine):
    """Shows half of the outputs to the metric."""

    @staticmethod
    def postprocess_output(outputs, metadata):
        return [array / 2 for array in outputs.values()]


def trial_of(engine, samples=range(4)):
    variant = variant_of()
    return MetricTrial(engine, held(), build_switched_graph(variant), 1, samples)


def test_with_everything_switched_off_it_is_the_float_model():
    engine = engine_with(Agreement())
    trial = trial_of(engine)
    found = trial.measure(trial.graph.make_controls({}))
    assert found.metrics["agreement"] == pytest.approx(1.0, abs=1e-3)
    assert found.error == pytest.approx(0, abs=1e-6)
    assert (trial.num_samples, trial.inferences) == (4, 8)
    assert engine.metric.distances == []  # it was reset


def test_outputs_go_through_the_hooks_of_the_engine():
    trial = trial_of(engine_with(Agreement(), kind=Halving))
    assert trial.measure(trial.graph.make_controls({})).metrics["agreement"] < -50


def test_a_subclass_may_update_the_metric_itself():
    class Updating(IEEngine):
        def _update_metrics(self, output, annotations, need_metrics_per_sample=False):
            self._metric.update(output, [annotation for _, annotation in annotations])

    trial = trial_of(engine_with(Agreement(), kind=Updating))
    assert trial.measure(trial.graph.make_controls({})).metrics["agreement"] == pytest.approx(1.0, abs=1e-3)


def test_samples_are_loaded_once():
    engine = engine_with(Agreement())
    trial = trial_of(engine, samples=[2, 9])
    for _ in range(3):
        trial.measure(trial.graph.make_controls({}))
    assert engine.data_loader.calls == [2, 9]


@pytest.mark.parametrize("error", [ValueError, KeyError])
def test_a_metric_that_raises_is_named(error):
    class Raising(Agreement):
        @property
        def avg_value(self):
            raise error("no")

    trial = trial_of(engine_with(Raising()))
    with pytest.raises(MetricError, match=f"raised {error.__name__}"):
        trial.measure(trial.graph.make_controls({}))


def test_samples_without_annotations_are_told():
    engine = engine_with(Agreement())
    engine._data_loader = ListLoader([(image, None) for image in images(4)])
    trial = trial_of(engine)
    with pytest.raises(MetricError, match="no sample that was scored has an annotation"):
        trial.measure(trial.graph.make_controls({}))
