"""Outputs are compared in front of what squashes them."""

import pytest

from openpot.graph.tensor_id import TensorId
from openpot.trial.compared_outputs import describe_compared, find_compared_tensors, find_output_tensors
from snapshot_text import snapshot_from_text
from toy_models import if_model, worked_example


@pytest.mark.parametrize("kind", ["Softmax", "LogSoftmax", "Sigmoid"])
def test_in_front_of_what_ends_the_model(kind):
    snapshot = snapshot_from_text(
        f"""
        x = Parameter 1x5
        fc = MatMul(x, x) 1x5
        end = {kind}(fc)
        result = Result(end)
        """
    )
    assert [str(tensor) for tensor in find_compared_tensors(snapshot)] == ["fc"]
    assert describe_compared(snapshot) == f"before a {kind}"


@pytest.mark.parametrize("kind", ["Reshape", "Squeeze", "Unsqueeze", "Transpose"])
def test_what_moves_values_behind_it_is_looked_through(kind):
    snapshot = snapshot_from_text(
        f"""
        x = Parameter 1x5
        fc = Relu(x)
        probabilities = Softmax(fc)
        order = Constant 1 i64
        moved = {kind}(probabilities, order)
        result = Result(moved)
        """
    )
    assert [str(tensor) for tensor in find_compared_tensors(snapshot)] == ["fc"]


def test_a_squashing_operation_in_the_middle_stays():
    snapshot = snapshot_from_text(
        """
        x = Parameter 1x5
        gate = Sigmoid(x)
        product = Multiply(x, gate)
        result = Result(product)
        """
    )
    assert [str(tensor) for tensor in find_compared_tensors(snapshot)] == ["product"]
    assert describe_compared(snapshot) == "at the outputs"


def test_each_tensor_once_in_the_order_of_the_outputs_and_by_its_port():
    snapshot = snapshot_from_text(
        """
        x = Parameter 1x6
        axis = Constant () i64
        halves = Split(x, axis) 1x3|1x3
        first = Softmax(halves.1)
        second = Sigmoid(halves.1)
        third = Relu(halves)
        a = Result(first)
        b = Result(third)
        c = Result(second)
        """
    )
    assert [str(tensor) for tensor in find_compared_tensors(snapshot)] == ["halves.1", "third"]


def test_integers_are_not_judged():
    snapshot = snapshot_from_text(
        """
        x = Parameter 1x6
        k = Constant () i64
        top = TopK(x, k) 1x1 i64
        score = Convert(x) i32
        scaled = Convert(x) f16
        a = Result(top)
        b = Result(score)
        c = Result(scaled)
        """
    )
    assert [str(tensor) for tensor in find_compared_tensors(snapshot)] == ["scaled"]


def test_without_a_float_output_nothing_is_judged():
    snapshot = snapshot_from_text("x = Parameter 1x6 i32\nresult = Result(x)")
    assert find_compared_tensors(snapshot) == ()


def judged(text):
    return [str(tensor) for tensor in find_compared_tensors(snapshot_from_text(text))]


HEADS = """
    x = Parameter 1x8x4
    w = Constant 4x4
    boxes = MatMul(x, w)
    logits = MatMul(x, w)
    scores = Sigmoid(logits)
    n = Constant () i64
    """


def test_a_concatenation_is_compared_part_by_part_and_each_before_what_squashes_it():
    assert judged(HEADS + "all = Concat(boxes, scores) 1x8x8\nmoved = Transpose(all, n)\nresult = Result(moved)") == [
        "boxes",
        "logits",
    ]


def test_a_concatenation_with_a_constant_or_of_very_many_is_one_thing():
    assert judged(HEADS + "all = Concat(boxes, w) 1x8x8\nresult = Result(all)") == ["all"]
    many = ", ".join(["boxes"] * 5 + ["logits"] * 20)
    assert judged(HEADS + f"all = Concat({many}) 1x8x99\nresult = Result(all)") == ["all"]


@pytest.mark.parametrize("kind", ["NonMaxSuppression", "MatrixNms", "MulticlassNms", "DetectionOutput", "Proposal"])
def test_before_a_selection_what_it_reads_is_compared(kind):
    text = f"{HEADS}\nrows = {kind}(boxes, scores, n) 9x3|1 i64\na = Result(rows)\nb = Result(rows.1)"
    assert judged(text) == ["boxes", "logits"]


def test_what_is_gathered_by_chosen_indices_is_compared_as_a_whole():
    text = HEADS + "top = TopK(scores, n) 1x5|1x5 i64\nrows = Gather(boxes, top.1, n) 1x5x4 f32"
    assert judged(f"{text}\nscaled = Multiply(rows, w) 1x5x4 f32\nresult = Result(scaled)") == ["boxes", "logits"]


def test_integers_are_protected_by_the_floats_that_they_follow_from():
    assert judged(f"{HEADS}\nbest = TopK(logits, n) 1x8x1|1x8x1 i64\nresult = Result(best.1)") == ["logits"]
    assert judged(f"{HEADS}\nlabels = Convert(boxes) i32\nresult = Result(labels)") == ["boxes"]


def test_after_chosen_regions_the_features_they_are_cut_from_are_compared():
    text = f"""{HEADS}
    chosen = Proposal(logits, boxes, n) 5x4 f32
    cut = ROIPooling(boxes, chosen) 5x4 f32
    head = MatMul(cut, w)
    result = Result(head)
    """
    assert judged(text) == ["boxes", "logits"]


@pytest.mark.parametrize("make", [if_model, worked_example], ids=lambda make: make.__name__)
def test_output_tensors_come_in_the_order_of_the_model(make):
    model = make()
    sources = [output.get_node().input_value(0) for output in model.outputs]
    expected = [TensorId(source.get_node().get_friendly_name(), source.get_index()) for source in sources]
    assert list(find_output_tensors(model)) == expected
    assert expected
