"""What both recipes have in common."""

import pytest

from openpot.algorithms.context import Calibration, PipelineContext
from openpot.config.algorithms import DefaultQuantizationConfig
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.recipes.output_led_recipe import OutputLedRecipe
from openpot.recipes.pot_recipe import PotRecipe
from toy_engines import labelled_images
from toy_models import tiny_cnn, worked_example

RECIPES = pytest.mark.parametrize("kind", [OutputLedRecipe, PotRecipe])


@RECIPES
def test_the_ranges_rest_on_the_samples_that_were_observed(kind):
    engine = IEEngine({}, labelled_images(10))
    recipe = kind(DefaultQuantizationConfig(stat_subset_size=8), engine)
    held = CompressedModel(graph=tiny_cnn())
    assert recipe.list_observed_samples(held, Calibration()) == tuple(range(8))
    assert recipe.list_observed_samples(held, Calibration(inferences=3)) == (0, 1, 2)


@RECIPES
def test_samples_that_share_an_inference_are_counted_each(kind):
    recipe = kind(DefaultQuantizationConfig(stat_subset_size=10), IEEngine({}, labelled_images(10)))
    four_at_a_time = CompressedModel(graph=tiny_cnn(batch=4))
    assert recipe.list_observed_samples(four_at_a_time, Calibration(inferences=2)) == tuple(range(8))
    assert recipe.list_observed_samples(four_at_a_time, Calibration(inferences=3)) == tuple(range(10))


@pytest.mark.parametrize(
    ("kind", "reducers"),
    [(OutputLedRecipe, {"min", "max", "abs_max"}), (PotRecipe, {"min", "max", "mean"})],
    ids=["outputs", "pot"],
)
def test_statistics_are_asked_for_on_the_prepared_model(kind, reducers):
    recipe, held = kind(DefaultQuantizationConfig(target_device="CPU"), None), CompressedModel(graph=tiny_cnn())
    recipe.prepare(held, PipelineContext())
    specs = recipe.required_statistics(held)
    assert {spec.tensor.node for spec in specs} == {"data", "relu1", "pool"}
    assert {str(spec.reducer.kind) for spec in specs if spec.tensor.node == "data"} == reducers


def test_layers_that_an_earlier_algorithm_aligned_reach_the_plan():
    recipe = PotRecipe(DefaultQuantizationConfig(use_fast_bias=True), None)
    recipe.prepare(CompressedModel(graph=worked_example()), PipelineContext(frozenset({"conv3"})))
    assert recipe.min_max.context.aligned_layers == {"conv3"}
