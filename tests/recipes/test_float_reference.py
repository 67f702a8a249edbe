"""The float model beside the samples of its trial: its outputs are inferred once, and only if they are asked for."""

from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.recipes.float_reference import FloatReference
from openpot.recipes.trial_samples import TrialSamples
from openpot.statistics.calibration_subset import CalibrationSubset
from toy_engines import ListLoader
from toy_models import images, tiny_cnn


def test_the_samples_of_the_trial_are_what_its_outputs_are_of():
    engine = IEEngine({}, ListLoader([(image, None) for image in images(30)]))
    model = CompressedModel(graph=tiny_cnn())
    samples = TrialSamples(engine, CalibrationSubset(30), model.members[0].model)
    reference = FloatReference(model, samples)
    assert "feeds" not in vars(samples), "nothing is loaded before it is needed"
    assert reference.outputs.num_samples == len(samples.numbers)
    assert reference.outputs is reference.outputs
    assert reference.outputs.infer().num_samples == len(samples.numbers)
