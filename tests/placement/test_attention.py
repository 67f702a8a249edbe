from openpot.placement.attention import find_attention_products
from snapshot_text import snapshot_from_text

ATTENTION = """
data = Parameter ?x?x64
k = Constant 4 i64
w = Constant 64x64
mask = Parameter ?x1x1x?
root = Constant ()
query = MatMul(data, w)
heads = Reshape(query, k) ?x?x4x16
queries = Transpose(heads, k) ?x4x?x16
keys = Transpose(heads, k) ?x4x16x?
scores = MatMul(queries, keys) ?x4x?x?
scaled = Divide(scores, root)
masked = Add(scaled, mask)
weights = Softmax(masked)
mixed = MatMul(weights, queries) ?x4x?x16
merged = Transpose(mixed, k)
out = MatMul(merged, w)
other = MatMul(out, out)
"""


def test_both_products_around_a_softmax_are_found_with_the_reason():
    found = find_attention_products(snapshot_from_text(ATTENTION))
    assert set(found) == {"scores", "mixed"}
    assert found["mixed"] == "it belongs to the attention around 'weights', which the device runs fastest in float"


def test_layers_with_weights_and_other_products_are_not_attention():
    found = find_attention_products(snapshot_from_text(ATTENTION))
    assert not {"query", "out", "other"} & set(found)


def test_a_softmax_at_the_end_of_a_classifier_finds_nothing():
    text = "data = Parameter 1x8\nw = Constant 8x8\nfc = MatMul(data, w)\nprob = Softmax(fc)"
    assert find_attention_products(snapshot_from_text(text)) == {}
