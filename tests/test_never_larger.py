"""Whole runs on models whose constants have several readers: what was stored once is stored once afterwards."""

import numpy as np
import pytest

import openpot
import openvino as ov
from openvino import opset13 as op

ROWS, WIDTH = 600, 64


def normal(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def tied_embedding(copies=1):
    """A language model in small: rows of a table, one product each way, and the table again as the last product."""
    ids = op.parameter(ov.PartialShape([1, -1]), np.int64, name="ids")
    tables = [op.constant(normal(0, ROWS, WIDTH) * 0.05, name=f"table_{n}") for n in range(copies)]
    x = op.gather(tables[0], ids, op.constant(np.int64(0)), name="lookup")
    wide = op.matmul(x, op.constant(normal(1, WIDTH, 128) * 0.2), False, False, name="up")
    narrow = op.matmul(op.gelu(wide, "erf"), op.constant(normal(2, 128, WIDTH) * 0.1), False, False, name="down")
    y = op.matmul(op.add(x, narrow), tables[-1], False, True, name="head")
    y.output(0).get_tensor().set_names({"logits"})
    return ov.Model([op.result(y)], [ids], "tied")


def sentences(count=24):
    return [np.random.default_rng(n).integers(0, ROWS, (1, 12)) for n in range(count)]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("source") / "tied.xml"
    ov.save_model(tied_embedding(), path, compress_to_fp16=True)
    return path


def tables(model):
    sizes = [
        (node, np.prod(node.get_output_shape(0))) for node in model.get_ops() if node.get_type_name() == "Constant"
    ]
    return [node.get_element_type().to_string() for node, size in sizes if size == ROWS * WIDTH]


def test_a_tied_table_is_stored_once_as_integers(source, tmp_path):
    result = openpot.quantize(source, sentences())
    result.save(tmp_path)
    assert tables(result.model) == ["i8"]
    assert (tmp_path / "model.bin").stat().st_size < 0.7 * source.with_suffix(".bin").stat().st_size
    assert not any("larger" in told for told in result.warnings)
    (head,) = (layer for layer in result.layers if layer.operation == "head")
    assert head.is_integer
    assert result.output_error[0].relative < 0.1


def test_two_tables_of_equal_content_are_one(tmp_path):
    assert tables(openpot.quantize(tied_embedding(copies=2), sentences()).model) == ["i8"]


def test_a_look_up_left_out_keeps_half_precision_and_the_product_runs_in_int8(source):
    result = openpot.quantize(source, sentences(), ignored_scope=["lookup"])
    assert tables(result.model) == ["f16"]
    (head,) = (layer for layer in result.layers if layer.operation == "head")
    assert head.is_integer
    assert result.size_after < 1.05 * result.size_before


def test_a_result_that_is_larger_says_why(tmp_path):
    """Two products along different axes of one table need two sets of scales and integers."""
    data = op.parameter([4, 8], np.float32, name="data")
    table = op.constant(normal(0, 256, 8), name="table")
    there = op.matmul(data, table, False, True, name="there")
    back = op.matmul(op.relu(there), table, False, False, name="back")
    ov.save_model(ov.Model([op.result(back)], [data], "m"), tmp_path / "m.xml", compress_to_fp16=True)
    result = openpot.quantize(tmp_path / "m.xml", [normal(n, 4, 8) for n in range(24)])
    assert result.size_after > result.size_before
    (told,) = (told for told in result.warnings if "larger than the model that was given" in told)
    assert "'back'" in told
    assert "'there'" in told
