"""Models on their way to workers."""

import numpy as np
import pytest

from openpot.inference import shipped_model
from openpot.inference.compile import compile_model
from openpot.inference.shipped_files import KEPT
from openpot.inference.shipped_model import shipped
from openpot.workers import NotThereError, Workers, WorkerUnfitError
from toy_models import images, tiny_cnn

NOBODY = Workers(None)


def infer(model):
    return compile_model(model, "CPU")(images(1)[0][None])[0].copy()


@pytest.mark.parametrize("attach_content", [False, True])
def test_a_model_arrives_as_it_left(attach_content):
    with shipped(tiny_cnn(), NOBODY) as model:
        model = model.attach_content() if attach_content else model
        np.testing.assert_array_equal(model.keep(infer), infer(tiny_cnn()))


def test_a_worker_makes_it_once_and_keeps_the_last_ones():
    made = []
    with shipped(tiny_cnn(), NOBODY) as model:
        for _ in range(2):
            model.keep(lambda model: made.append(model) or len(made))
        assert len(made) == 1
        for _ in range(KEPT):
            with shipped(tiny_cnn(), NOBODY) as other:
                other.keep(lambda model: 0)
        model.keep(lambda model: made.append(model))
        assert len(made) == 2


def test_files_that_are_not_seen_are_asked_for():
    with shipped(tiny_cnn(), NOBODY) as model:
        pass
    with pytest.raises(NotThereError):
        model.keep(infer)


def test_a_worker_with_another_processor_refuses(monkeypatch):
    with shipped(tiny_cnn(), NOBODY) as model:
        monkeypatch.setattr(shipped_model, "describe_processor", lambda: "an older one")
        with pytest.raises(WorkerUnfitError, match="computes as an older one"):
            model.keep(infer)
