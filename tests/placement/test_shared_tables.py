import numpy as np

import openvino as ov
from openpot.config.ignored_scope import IgnoredScope
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.graph.tensor_id import InputId
from openpot.placement.place import PlacementRequest, plan_quantization
from openpot.placement.plan import QuantizerKind
from openvino import opset13 as op


def tied(transposed=True):
    """ids -> Gather 'lookup' in a table -> Relu -> MatMul 'head' with the same table."""
    rng = np.random.default_rng(0)
    ids = op.parameter([1, 4], np.int64, name="ids")
    table = op.constant(rng.standard_normal((32, 32)).astype(np.float32), name="table")
    rows = op.gather(table, ids, op.constant(np.int64(0)), name="lookup")
    head = op.matmul(op.relu(rows), table, False, transposed, name="head")
    return ov.Model([op.result(head, name="result")], [ids], "tied")


def weights_of(model, **request):
    plan = plan_quantization(snapshot_from_model(model), PlacementRequest(target_device="CPU", **request))
    return plan.quantizers_of_kind(QuantizerKind.WEIGHTS)


def test_the_look_up_reads_the_quantized_table():
    (quantizer,) = weights_of(tied())
    assert quantizer.readers == (InputId("head", 1), InputId("lookup", 0))
    assert quantizer.granularity.axes == (0,)


def test_channels_are_those_of_the_product():
    (quantizer,) = weights_of(tied(transposed=False))
    assert InputId("lookup", 0) in quantizer.readers
    assert quantizer.granularity.axes == (1,)


def test_a_look_up_that_the_user_left_out_keeps_its_values():
    (quantizer,) = weights_of(tied(), ignored=IgnoredScope(scope=("lookup",)))
    assert quantizer.readers == (InputId("head", 1),)


def test_a_table_that_nobody_multiplies_with_stays_as_it_is():
    assert not weights_of(tied(), ignored=IgnoredScope(scope=("head",)))


def test_placement_of_pot_leaves_look_ups_alone():
    assert all(reader.node == "head" for one in weights_of(tied(), placement="pot") for reader in one.readers)
