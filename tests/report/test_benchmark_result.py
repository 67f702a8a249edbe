"""Times as text and JSON."""

from openpot.measure.speed import DefaultPrecisionSpeed, Ratio, SpeedResult
from openpot.report.benchmark_result import BenchmarkResult, LayerTime

RATIO = Ratio(2.0, 1.9, 2.1)
TIMES = {"f32": 4.0, "INT8": 2.0, "bf16": 3.0}
SPEED = SpeedResult(RATIO, RATIO, RATIO, 9, 4, DefaultPrecisionSpeed("bf16", RATIO, RATIO), "avx512", TIMES, TIMES)
LAYERS = (LayerTime("conv", "Convolution", "u8", "brgconv_avx512_I8", 3.0, 1.0),)


def test_two_models_have_a_row_for_each_precision():
    result = BenchmarkResult("net.xml", "int8.xml", "CPU", SPEED, LAYERS)
    absolute, layers = result.list_tables()
    assert [row[:2] for row in absolute.rows] == [
        ("net.xml", "f32"),
        ("int8.xml", "as it runs by default"),
        ("net.xml", "bf16"),
    ]
    assert layers.rows == (("conv", "Convolution", 3.0, 1.0, "u8", "brgconv_avx512_I8"),)
    assert "throughput over bf16" in str(result)
    assert result.to_dict()["speed"]["milliseconds"]["INT8"] == 2.0


def test_one_model_has_its_default_precision_once():
    absolute, _ = BenchmarkResult("net.xml", None, "CPU", SPEED, LAYERS).list_tables()
    assert [row[0] for row in absolute.rows] == ["net.xml", "net.xml by default"]
