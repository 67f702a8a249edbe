from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.legacy.algorithm_classes import FastBiasCorrection, MinMaxQuantization
from openpot.legacy.collect_statistics import collect_statistics
from toy_engines import labelled_images
from toy_models import tiny_cnn


def test_algorithms_share_a_pass_and_run_on_what_was_collected():
    loader = labelled_images(6)
    engine, model = IEEngine({}, loader), CompressedModel(graph=tiny_cnn())
    algorithms = [MinMaxQuantization({}, engine), FastBiasCorrection({}, engine)]
    collect_statistics(engine, model, algorithms)
    assert sorted(loader.calls) == list(range(6))
    for algorithm in algorithms:
        model = algorithm.run(model)
        assert algorithm.result is not None
    assert sorted(loader.calls) == list(range(6))
    assert model.snapshot().nodes_of_type("FakeQuantize")


def test_no_algorithms_need_no_engine():
    collect_statistics(None, None, [])
