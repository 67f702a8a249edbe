import pytest

from openpot.graph.tensor_id import InputId, TensorId


@pytest.mark.parametrize(
    ("identity", "text"),
    [(TensorId("conv"), "conv"), (TensorId("split", 2), "split.2"), (InputId("conv", 1), "conv[1]")],
    ids=["first output", "other output", "input"],
)
def test_ids_print_shortly(identity, text):
    assert str(identity) == text


def test_ids_sort_and_hash_like_tuples():
    assert len({TensorId("a"), TensorId("a", 0), TensorId("a", 1)}) == 2
    assert sorted([TensorId("b"), TensorId("a", 1), TensorId("a")]) == [("a", 0), ("a", 1), ("b", 0)]
