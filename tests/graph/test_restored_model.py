"""What fails half way leaves no trace in the model."""

import pytest

from openpot.graph.edit import ModelEditor
from openpot.graph.model import CompressedModel
from openpot.graph.restored_model import restored_on_failure
from openpot.graph.text import text_from_model
from toy_models import tiny_cnn


def rename(model):
    with ModelEditor(model.members[0].model) as editor:
        editor.rename("conv1", "changed")


@pytest.mark.parametrize("problem", [ValueError("half way"), KeyboardInterrupt()])
def test_a_failure_puts_the_model_back(problem):
    model = CompressedModel(graph=tiny_cnn())
    before = text_from_model(model.members[0].model)
    with pytest.raises(type(problem)), restored_on_failure(model):
        rename(model)
        raise problem
    assert text_from_model(model.members[0].model) == before
    assert "conv1" in model.snapshot()


def test_success_keeps_what_was_done():
    model = CompressedModel(graph=tiny_cnn())
    with restored_on_failure(model):
        rename(model)
    assert "changed" in model.snapshot()
    assert "conv1" not in model.snapshot()
