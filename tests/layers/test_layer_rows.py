import numpy as np

from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.graph.tensor_id import TensorId
from openpot.layers.layer_rows import RowSampling, choose_calibration_samples, stream_tensors
from openpot.statistics.calibration_subset import CalibrationSubset
from toy_engines import labelled_images
from toy_models import images, tiny_cnn


def test_positions_are_drawn_by_seed_layer_and_inference_alone():
    drawing = RowSampling((3, 4), 20, 0)
    first = drawing.choose_positions(1, 0, 100, 2)
    np.testing.assert_array_equal(first, drawing.choose_positions(1, 0, 100, 2))
    assert len(first) == 10
    assert (np.diff(first) > 0).all()
    assert not np.array_equal(first, drawing.choose_positions(1, 1, 100, 2))
    assert len(drawing.choose_positions(0, 0, 100, 40)) == 80
    np.testing.assert_array_equal(drawing.choose_positions(0, 0, 5, 2), np.arange(5))


def test_samples_are_spread_over_the_calibration_samples():
    engine = IEEngine({"device": "CPU"}, labelled_images(12))
    assert choose_calibration_samples(engine, CalibrationSubset(), 4) == (0, 3, 6, 9)
    assert choose_calibration_samples(engine, CalibrationSubset(num_samples=3), 4) == (0, 1, 2)


def test_tensors_come_in_the_order_of_the_samples():
    engine = IEEngine({"device": "CPU"}, labelled_images(6))
    model, seen = CompressedModel(graph=tiny_cnn()), []
    name = model.snapshot().nodes_of_type("Parameter")[0].name
    stream_tensors(engine, model, {"input": TensorId(name)}, [4, 1], lambda *found: seen.append(found))
    assert [(layer, inference) for layer, inference, _ in seen] == [("input", 0), ("input", 1)]
    np.testing.assert_allclose(seen[0][2][0], images(6)[4], atol=1e-6)
