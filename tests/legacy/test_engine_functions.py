import numpy as np
import pytest

import openvino as ov
from openpot.inference.named_outputs import collect_arrays_by_name
from openpot.legacy import engine_functions as functions
from toy_models import images, tiny_cnn


def inferred(model):
    return ov.Core().compile_model(model, "CPU")(images(1)[0][None])


def test_added_names_are_found_in_the_raw_output():
    model = tiny_cnn()
    functions.add_tensor_names(model.outputs, [("split", 1)])
    functions.cast_friendly_names(model.outputs)
    assert set(collect_arrays_by_name(inferred(model))) == {"logits", "split.1", "result"}
    assert set(functions.collect_model_outputs(model)) == {"logits", "split.1", "result"}


def test_statistics_are_appended_with_the_number_of_the_sample():
    kept = {}
    layout = {"logits": {"top": np.max, "low": np.min}, "absent": {"top": np.max}}
    functions.append_stats(kept, layout, inferred(tiny_cnn()), 4)
    functions.append_stats(kept, layout, inferred(tiny_cnn()), 2)
    assert [sample for sample, _ in kept["logits"]["top"]] == [4, 2]
    assert kept["logits"]["top"][0][1] > kept["logits"]["low"][0][1]
    assert kept["absent"] == {"top": []}


def test_each_inference_of_a_sample_counts():
    kept = {}
    functions.append_stats(kept, {"logits": {"top": np.max}}, [inferred(tiny_cnn())] * 3, 0)
    assert len(kept["logits"]["top"]) == 3


def test_accumulated_statistics_come_in_the_order_of_samples_under_the_wanted_names():
    kept = {"split.1": {"max": [(2, "c"), (0, "a"), (1, "b")]}}
    assert functions.process_accumulated_stats(kept, {"split.1": ("split", 1)}) == {
        ("split", 1): {"max": ["a", "b", "c"]}
    }
    assert functions.process_accumulated_stats(kept) == {"split.1": {"max": ["a", "b", "c"]}}


def test_names_are_aligned_with_results_and_restored():
    layout, aliases = {"split": {"max": np.max}}, {"MinMax": {"split": {"max": ["max"]}}}
    results = {"other": "other"}
    functions.align_stat_names_with_results(["split.0", "other"], ["split", "other"], results, layout, aliases)
    assert (set(layout), set(aliases["MinMax"]), results["split"]) == ({"split.0"}, {"split.0"}, "split.0")
    collected = {"split.0": {"max": [1]}, "other": {}}
    functions.restore_original_node_names(results, collected, layout, aliases)
    assert (collected, set(layout), set(aliases["MinMax"])) == (
        {"split": {"max": [1]}, "other": {}},
        {"split"},
        {"split"},
    )


def test_nothing_is_aligned_without_a_map():
    layout = {"split": {"max": np.max}}
    functions.align_stat_names_with_results([], ["split"], {}, layout, None)
    functions.restore_original_node_names(None, {}, layout, None)
    assert set(layout) == {"split"}


class TensorAlone:
    """An output as POT's own tests made them: nothing but a tensor with names."""

    def __init__(self, *names):
        self.names = set(names)

    def get_tensor(self):
        return self

    def get_names(self):
        return self.names

    def set_names(self, names):
        self.names = set(names)


class NothingButATensor:
    def __init__(self, *names):
        self._tensor = TensorAlone(*names)

    def get_tensor(self):
        return self._tensor


@pytest.mark.parametrize("value", [lambda one: one, lambda one: [one, one]], ids=["one", "several inferences"])
def test_outputs_that_offer_the_names_of_their_tensor_alone_are_taken(value):
    outputs = {NothingButATensor("conv/sink_port_0", "other"): np.full((1, 2), 3.0)}
    collected = {}
    functions.append_stats(collected, {"conv": {"max": np.max}, "absent": {"max": np.max}}, value(outputs), 7)
    assert {entry for entry in collected["conv"]["max"]} == {(7, 3.0)}
    assert collected["absent"]["max"] == []


def test_names_are_added_to_such_outputs_too():
    output = NothingButATensor("a")
    functions.add_tensor_names([output], [("node", 1)])
    assert output.get_tensor().get_names() == {"a", "node.1"}
