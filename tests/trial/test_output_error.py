"""The error of a model as it runs, where its outputs are judged."""

import numpy as np
import pytest

from openpot.errors import UnknownNameError
from openpot.trial.output_error import measure_output_error
from toy_models import if_model, images, worked_example


def feeds():
    return [{0: image[None]} for image in images(8)]


def test_a_model_is_no_distance_from_itself():
    assert measure_output_error(worked_example(), worked_example(), feeds()) == 0


def test_it_is_that_before_the_softmax():
    """Logits that all differ by one number give the same probabilities."""
    changed = worked_example()
    bias = next(node for node in changed.get_ops() if node.get_friendly_name() == "fc_b")
    bias.output(0).replace(type(bias)(np.array(bias.data) + np.float32(5)).output(0))
    assert measure_output_error(worked_example(), changed, feeds()) > 1


def test_a_model_without_the_tensor_is_refused():
    with pytest.raises(UnknownNameError):
        measure_output_error(worked_example(), if_model(), feeds())
