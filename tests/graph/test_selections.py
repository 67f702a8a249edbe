"""What depends on a selection or a decision."""

import pytest

from openpot.graph.selections import find_chosen_rows, find_selected_nodes
from snapshot_text import snapshot_from_text


def selected(text):
    return sorted(find_selected_nodes(snapshot_from_text(text)))


def test_all_that_follows_a_selection_even_through_products():
    assert selected(
        """
        x = Parameter 1x8
        w = Constant 8x8
        scores = MatMul(x, w)
        k = Constant () i64
        top = TopK(scores, k) 1x2|1x2 f32
        rows = Gather(scores, top.1, k) 1x2
        head = MatMul(rows, w)
        end = Relu(head)
        """
    ) == ["end", "head", "rows", "top"]


def test_a_decision_inside_an_activation_function_is_none():
    text = """
        x = Parameter 1x8
        w = Constant 8x8
        zero = Constant ()
        first = MatMul(x, w)
        positive = Greater(first, zero) 1x8 boolean
        leaky = Select(positive, first, first) 1x8 f32
        second = MatMul(leaky, w)
        """
    assert selected(text) == ["leaky", "positive"]
    assert "second" not in selected(text + "\nend = Relu(second)")


def test_decisions_about_what_quantization_does_not_change_are_none():
    assert selected("x = Parameter 1x8\nzero = Constant ()\nmask = Greater(x, zero) boolean\nw = Constant 8x8") == []
    assert selected("x = Parameter 1x8\nk = Constant () i64\nlargest = TopK(x, k) 1x2") == []


@pytest.mark.parametrize("ending", ["Round(fc)", "Floor(fc)", "Convert(fc) 1x8 i32", "Less(fc, w) 1x8 boolean"])
def test_what_jumps_at_the_end_is_a_decision(ending):
    assert selected(f"x = Parameter 1x8\nw = Constant 8x8\nfc = MatMul(x, w)\nend = {ending}") == ["end"]


def test_a_conversion_between_floats_is_none():
    assert selected("x = Parameter 1x8\nw = Constant 8x8\nfc = MatMul(x, w)\nend = Convert(fc) 1x8 f16") == []


def test_rows_are_chosen_by_what_gives_a_number_of_its_own():
    text = """
        x = Parameter 1x8
        w = Constant 8x8
        scores = MatMul(x, w)
        k = Constant () i64
        best = TopK(scores, k) 1x2|1x2 f32
        rows = NonMaxSuppression(scores, scores, k) 9x3 i64
        boxes = Gather(scores, rows, k) 9x4 f32
        """
    assert sorted(find_chosen_rows(snapshot_from_text(text))) == ["boxes", "rows"]
