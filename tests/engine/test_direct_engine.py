import pytest

from openpot.engine.direct_engine import find_direct_engine, reports_sample_numbers, require_direct_engine
from openpot.engine.openvino_engine import IEEngine
from openpot.engine.simplified_engine import SimplifiedEngine
from openpot.errors import EngineError
from openpot.graph.model import CompressedModel
from toy_engines import PlainEngine, labelled_images
from toy_models import tiny_cnn


class Feeding(IEEngine):
    def _fill_input(self, model, image_batch):
        return super()._fill_input(model, image_batch)


class Postprocessing(IEEngine):
    @staticmethod
    def postprocess_output(outputs, metadata):
        return [array * 2 for array in outputs.values()]

    def _update_metrics(self, output, annotations, need_metrics_per_sample=False):
        super()._update_metrics(output, annotations, need_metrics_per_sample)


class Predicting(IEEngine):
    def predict(self, *arguments, **others):
        return super().predict(*arguments, **others)


def cascade(tmp_path):
    paths = CompressedModel(graph=tiny_cnn()).save(tmp_path, "net")[0]
    parts = [{"name": name, **paths} for name in ("first", "second")]
    return CompressedModel(config={"model_name": "pair", "cascade": parts})


@pytest.mark.parametrize("kind", [IEEngine, SimplifiedEngine, Postprocessing])
def test_engines_that_leave_inputs_and_statistics_alone_are_direct(kind):
    engine = kind({}, labelled_images())
    assert find_direct_engine(engine) is engine
    assert find_direct_engine(engine, CompressedModel(graph=tiny_cnn())) is engine
    assert require_direct_engine(engine, "an option") is engine


@pytest.mark.parametrize("engine", [None, PlainEngine(labelled_images()), Feeding({}), Predicting({})])
def test_other_engines_are_not(engine):
    assert find_direct_engine(engine) is None


def test_cascades_are_not(tmp_path):
    engine, model = IEEngine({}), cascade(tmp_path)
    assert find_direct_engine(engine, model) is None
    with pytest.raises(EngineError, match=r"an option .* but 'pair' is a cascade of 2 models: leave it out"):
        require_direct_engine(engine, "an option", model)


@pytest.mark.parametrize(
    ("engine", "obstacle"),
    [
        (None, "there is no engine"),
        (PlainEngine(labelled_images()), "PlainEngine is another kind of engine"),
        (Feeding({}), "Feeding overrides _fill_input"),
    ],
    ids=["none", "another kind", "overridden"],
)
def test_the_message_names_the_option_the_obstacle_and_the_remedy(engine, obstacle):
    with pytest.raises(EngineError, match=f"^an option .* but {obstacle}: use the other$"):
        require_direct_engine(engine, "an option", remedy="use the other")


def test_values_of_samples_carry_their_numbers_unless_predict_is_overridden():
    assert reports_sample_numbers(IEEngine({}))
    assert reports_sample_numbers(Feeding({}))
    assert not reports_sample_numbers(Predicting({}))
    assert not reports_sample_numbers(PlainEngine(labelled_images()))
