import warnings

import numpy as np
import pytest

import openpot
from openpot.errors import DataError, OpenPotWarning
from openpot.graph.model import CompressedModel
from openpot.legacy.create_pipeline import create_pipeline
from openpot.legacy.engines import IEEngine, SimplifiedEngine
from toy_engines import ListLoader
from toy_models import images, tiny_cnn

PARAMS = {"stat_subset_size": 6}


def quantized(engine, placement="openpot"):
    model = CompressedModel(graph=tiny_cnn())
    create_pipeline([{"name": "DefaultQuantization", "params": {**PARAMS, "placement": placement}}], engine).run(model)
    return len(model.snapshot().of_type("FakeQuantize"))


def test_families_are_those_of_pot():
    assert issubclass(SimplifiedEngine, IEEngine)
    assert issubclass(IEEngine, openpot.IEEngine)
    assert issubclass(SimplifiedEngine, openpot.SimplifiedEngine)


@pytest.mark.parametrize(
    ("change", "shape", "reason"),
    [
        (lambda image: image.ravel(), r"\(768,\)", "give 4 axes"),
        (lambda image: image.transpose(1, 2, 0), r"\(16, 16, 3\)", r"HWC.*transpose\(2, 0, 1\)"),
        (lambda image: image.reshape(1, 3, 256), r"\(1, 3, 256\)", "the number of values is right"),
    ],
    ids=["flat", "height, width, channels", "height and width in one"],
)
@pytest.mark.parametrize("kind", [IEEngine, SimplifiedEngine])
def test_samples_of_another_shape_are_reshaped_with_one_warning(change, shape, reason, kind):
    data = [change(image) for image in images(8)]
    loader = ListLoader(data if kind is SimplifiedEngine else [(one, None) for one in data])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        assert quantized(kind({"device": "CPU"}, loader)) > 0
    texts = {str(one.message) for one in caught if issubclass(one.category, OpenPotWarning)}
    assert len(texts) == 1
    with pytest.warns(OpenPotWarning, match=rf"samples of shape {shape} are reshaped to \(1, 3, 16, 16\).*{reason}"):
        kind({"device": "CPU"}, loader)._fill_input(tiny_cnn(), data[:1])


def test_values_are_read_in_their_order_as_pot_did():
    image = np.arange(768, dtype=np.float32).reshape(16, 16, 3)
    with pytest.warns(OpenPotWarning, match="as POT did in silence"):
        (fed,) = IEEngine({}, [(image, None)])._fill_input(tiny_cnn(), [image]).values()
    np.testing.assert_array_equal(fed, image.reshape(1, 3, 16, 16))


def test_another_number_of_values_is_refused():
    with pytest.raises(DataError, match="expected shape"):
        quantized(IEEngine({}, ListLoader([(np.zeros((16, 16, 4), np.float32), None)] * 6)))


def test_openpots_own_door_stays_strict():
    loader = ListLoader([(image.ravel(), None) for image in images(6)])
    with pytest.raises(DataError, match="expected shape"):
        quantized(openpot.IEEngine({}, loader))


@pytest.mark.parametrize("kind", [IEEngine, SimplifiedEngine])
def test_the_loss_of_2020_is_passed_over(kind):
    with pytest.warns(OpenPotWarning, match=r"loss=...\): POT gave up losses"):
        kind({"device": "CPU"}, [1], None, object())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kind({"device": "CPU"}, [1], metric=None, loss=None)
