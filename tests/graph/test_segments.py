import numpy as np
import pytest

from compressible_models import language_model, relative_error, run, token_samples
from openpot.errors import ModelError
from openpot.graph.revisions import snapshot_graphs
from openpot.graph.segments import cut_model, find_levels
from openpot.graph.tensor_id import TensorId
from openpot.inference.segment_pass import run_segment
from stream_models import stream_model


def run_in_segments(model, chosen, samples):
    cut = cut_model(model, chosen)
    known = [{cut.inputs[0]: sample} for sample in samples]
    for segment in cut.segments:
        run_segment(segment, known)
    return cut, [tensors[cut.outputs[0]] for tensors in known]


def test_segments_give_the_outputs_of_the_model():
    model, samples = language_model(), token_samples(4)
    cut, given = run_in_segments(model, {"up", "down", "head"}, samples)
    assert [segment.level for segment in cut.segments] == [0, 1, 2, 3]
    assert relative_error(run(model, samples), given) < 1e-5


def test_chosen_operations_read_from_outside_their_segment():
    cut = cut_model(language_model(), {"up", "down"})
    assert [segment.inputs for segment in cut.segments] == [
        (TensorId("tokens"),),
        (TensorId("embedding"),),
        (TensorId("act"), TensorId("embedding")),
    ]


def test_a_tensor_is_kept_until_its_last_reader():
    cut = cut_model(language_model(), {"up", "down"})
    assert cut.last_use(TensorId("embedding")) == 2
    assert cut.last_use(TensorId("act")) == 2
    assert cut.last_use(cut.outputs[0]) == 3


def test_levels_count_chosen_operations_on_the_longest_path():
    levels = find_levels(snapshot_graphs(language_model())[""], {"up", "down"})
    assert [levels[name] for name in ("embedding", "up", "act", "down", "residual", "head")] == [0, 1, 1, 2, 2, 2]


def test_the_model_itself_is_not_cut():
    model = language_model()
    before = run(model, token_samples(1))
    cut_model(model, {"up"})
    assert np.array_equal(run(model, token_samples(1))[0], before[0])


def test_a_model_that_keeps_a_state_is_refused():
    with pytest.raises(ModelError, match="keeps a state"):
        cut_model(stream_model(), set())
