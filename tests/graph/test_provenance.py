"""What a model was before it was quantized goes along with it."""

import copy

import numpy as np
import pytest

from openpot.graph.edit import ModelEditor
from openpot.graph.io import load_model, save_model
from openpot.graph.model import CompressedModel
from openpot.graph.provenance import Provenance, read_provenance
from openpot.graph.tensor_id import InputId, TensorId
from openvino import opset13 as op
from toy_models import tiny_cnn

WEIGHTS = np.ones((5, 8), np.float32)
COPIES = {"copy": CompressedModel.copy, "copy.copy": copy.copy, "copy.deepcopy": copy.deepcopy}


def take_name(model, name):
    """Let a FakeQuantize take over the name of an operation, as POT's placement does in front of an output."""
    producer = f"{name}/pre_fq_input"
    ends = [op.constant(np.float32(end), name=f"{name}/{place}") for place, end in enumerate((-1, 1, -1, 1))]
    with ModelEditor(model) as editor:
        editor.rename(name, producer)
        editor.insert_after(TensorId(producer), lambda data: op.fake_quantize(data, *ends, 256, name=name))
    return {name: producer}


def changed_model():
    model = CompressedModel(graph=tiny_cnn())
    model.provenance.record_weights(InputId("fc", 1), WEIGHTS)
    model.provenance.record_renames(take_name(model.members[0].model, "fc"))
    model.provenance.folded["norm"] = "conv1"
    return model


def assert_known(model, prefix=""):
    known = model.provenance
    assert known.original_name(f"{prefix}fc/pre_fq_input") == f"{prefix}fc"
    assert known.present_name(f"{prefix}fc") == f"{prefix}fc/pre_fq_input"
    assert known.weights_of(InputId(f"{prefix}fc/pre_fq_input", 1)) is WEIGHTS
    assert known.original_name(f"{prefix}conv1") == known.present_name(f"{prefix}conv1") == f"{prefix}conv1"
    assert known.weights_of(InputId(f"{prefix}conv1", 1)) is None


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
def test_every_kind_of_copy_keeps_it(duplicate):
    twin = duplicate(changed_model())
    assert_known(twin)
    assert twin.provenance.folded == {"norm": "conv1"}
    assert_known(duplicate(twin))


@pytest.mark.parametrize("duplicate", [CompressedModel.copy, copy.deepcopy], ids=["copy", "deepcopy"])
def test_a_copy_takes_note_for_itself(duplicate):
    model = changed_model()
    twin = duplicate(model)
    twin.provenance.record_renames({"fc/pre_fq_input": "fc"})
    twin.provenance.record_weights(InputId("conv1", 1), WEIGHTS)
    assert twin.provenance.original_names == {}
    assert_known(model)


def test_whoever_takes_over_the_models_takes_it_along():
    model, candidate = CompressedModel(graph=tiny_cnn()), changed_model()
    shallow = copy.copy(model)
    model.take_over(candidate)
    assert_known(model)
    assert model.members[0].model is candidate.members[0].model is shallow.members[0].model


def test_members_of_a_cascade_have_one_record_together(tmp_path):
    (saved,) = save_model(CompressedModel(graph=tiny_cnn()), tmp_path, "net")
    parts = [{"name": name, "model": saved["model"], "weights": saved["weights"]} for name in ("first", "second")]
    model = load_model({"model_name": "two", "cascade": parts})
    for member in model.members:
        model.provenance.record_weights(InputId(f"{member.name}_fc", 1), WEIGHTS)
        model.provenance.record_renames(take_name(member.model, f"{member.name}_fc"))
    for twin in (model, model.copy(), copy.deepcopy(model)):
        assert_known(twin, "first_")
        assert_known(twin, "second_")


def test_the_file_of_a_quantized_model_tells_by_its_names(tmp_path):
    (saved,) = save_model(changed_model(), tmp_path, "net")
    again = load_model({"model_name": "net", "model": saved["model"], "weights": saved["weights"]})
    assert again.provenance.original_names == {"fc/pre_fq_input": "fc"}
    assert again.provenance.original_weights == {}


def test_a_name_alone_is_no_sign():
    model = tiny_cnn()
    with ModelEditor(model) as editor:
        editor.rename("fc", "fc/pre_fq_input")
    assert read_provenance([model]) == Provenance()


def test_names_that_are_given_back_are_forgotten():
    known = Provenance()
    known.record_renames({"a": "b"})
    known.record_renames({"b": "c"})
    assert known.original_name("c") == "a"
    assert known.original_name("b") == "b"
    known.record_renames({"c": "a"})
    assert known == Provenance()


def test_the_first_weights_count():
    known = Provenance()
    known.record_weights(InputId("fc", 1), WEIGHTS)
    known.record_weights(InputId("fc", 1), 2 * WEIGHTS)
    assert known.weights_of(InputId("fc", 1)) is WEIGHTS
