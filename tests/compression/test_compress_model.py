from compressible_models import language_model
from openpot.compression.choose_formats import choose_formats
from openpot.compression.compress_model import find_model_weights, make_prepared_copy, store_choices
from openpot.config.ignored_scope import IgnoredScope
from openpot.config.weight_compression import WeightCompressionConfig
from openpot.graph.revisions import snapshot_graphs
from toy_models import loop_model


def stored_model(source, weight_format="int4_asym", **scope):
    model = make_prepared_copy(source)
    found = find_model_weights(model, IgnoredScope(**scope))
    choices, _ = choose_formats(found.tensors, WeightCompressionConfig(weight_format=weight_format))
    return model, store_choices(model, choices)


def test_the_source_is_not_changed():
    source = language_model()
    before = list(snapshot_graphs(source)[""].nodes)
    model, stored = stored_model(source)
    assert list(snapshot_graphs(source.clone())[""].nodes) == before
    assert "up_w/int4_asym" in snapshot_graphs(model)[""]
    assert [one.choice.weights.tensor.node for one in stored] == ["table", "up_w", "down_w"]


def test_an_ignored_type_stays():
    _, stored = stored_model(language_model(), operations=["MatMul"])
    assert stored == ()


def test_bodies_of_loops_are_compressed_as_well():
    model, stored = stored_model(loop_model(width=32))
    assert [one.choice.weights.tensor.node for one in stored] == ["loop|fc_w"]
    assert any("fc_w/" in name for name in snapshot_graphs(model)["loop"].nodes)
