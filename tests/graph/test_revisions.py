import gc
import weakref

import numpy as np
import pytest

from openpot.graph.edit import ModelEditor
from openpot.graph.revisions import clone_model, mark_changed, revision, snapshot_graphs
from openpot.graph.snapshot_model import snapshot_all_graphs
from openpot.graph.tensor_id import InputId, TensorId
from openvino import opset13 as op
from toy_models import if_model, loop_model, tiny_cnn


def as_records(snapshots):
    return {owner: list(snapshot.nodes.values()) for owner, snapshot in snapshots.items()}


@pytest.mark.parametrize("make", [tiny_cnn, loop_model, if_model])
def test_what_is_kept_is_what_a_new_snapshot_shows(make):
    model = make()
    snapshot_graphs(model)
    assert as_records(snapshot_graphs(model)) == as_records(snapshot_all_graphs(model))


def test_the_same_snapshots_are_given_until_the_model_changes():
    model = tiny_cnn()
    first = snapshot_graphs(model)
    assert snapshot_graphs(model) is first
    with ModelEditor(model) as editor:
        assert editor.readers(TensorId("conv1"))
    assert snapshot_graphs(model) is first
    mark_changed(model)
    assert snapshot_graphs(model) is not first


EDITS = {
    "bypass": lambda editor: editor.bypass("relu1"),
    "rename": lambda editor: editor.rename("relu1", "other"),
    "insert": lambda editor: editor.insert_after(TensorId("relu1"), lambda data: op.relu(data, name="other")),
    "constant": lambda editor: editor.replace_constant("fc_b", np.ones(5)),
    "input": lambda editor: editor.replace_input(InputId("relu1", 0), editor.nodes.output(TensorId("conv1"))),
    "readers": lambda editor: editor.replace_readers(TensorId("relu1"), TensorId("conv1")),
    "node": lambda editor: editor.replace_node("relu1", op.sigmoid(editor.nodes.output(TensorId("conv1")), name="new")),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_every_edit_is_seen_at_once_and_after_shapes_were_inferred_again(edit):
    model = tiny_cnn()
    before = as_records(snapshot_graphs(model))
    with ModelEditor(model) as editor:
        edit(editor)
        assert as_records(snapshot_graphs(model)) != before
    assert as_records(snapshot_graphs(model)) == as_records(snapshot_all_graphs(model)) != before


def test_an_edit_that_failed_half_way_is_seen():
    model = tiny_cnn()
    snapshot_graphs(model)

    def fail():
        with ModelEditor(model) as editor:
            editor.bypass("relu1")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    assert "relu1" not in snapshot_graphs(model)[""]


def test_a_copy_has_snapshots_of_its_own_and_none_outlive_the_model():
    model = tiny_cnn()
    kept = weakref.ref(snapshot_graphs(model)[""])
    assert snapshot_graphs(model.clone())[""] is not kept()
    del model
    gc.collect()
    assert kept() is None


def test_a_clone_has_the_revision_of_its_model_and_counts_on_its_own():
    model = tiny_cnn()
    mark_changed(model)
    clone = clone_model(model)
    assert revision(clone) == revision(model) == 1
    mark_changed(clone)
    assert (revision(clone), revision(model)) == (2, 1)


@pytest.mark.parametrize("make", [tiny_cnn, loop_model, if_model])
def test_a_clone_shows_the_snapshots_of_its_model_until_it_changes(make):
    model = make()
    first = snapshot_graphs(model)
    clone = clone_model(model)
    assert snapshot_graphs(clone) is first
    assert list(as_records(snapshot_all_graphs(clone)).items()) == list(as_records(first).items())
    mark_changed(clone)
    assert snapshot_graphs(clone) is not first
    assert snapshot_graphs(model) is first
