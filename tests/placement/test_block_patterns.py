"""Every pattern by name: a small graph in which it marks exactly the operations it should."""

import pytest

from openpot.config.target_devices import load_target_devices
from openpot.placement.block_patterns import ANY_SQUEEZE_EXCITE, DEVICE_PATTERNS, GENERAL_PATTERNS
from openpot.placement.ignored_blocks import mark_blocks
from snapshot_text import snapshot_from_text

START = """
data = Parameter 1x8x4x4
k = Constant 1x8x1x1
w = Constant 8x8x3x3
"""
CONV = "conv = Convolution(data, w)\nbias = Add(conv, k)\n"
SQUEEZE = """
mean = ReduceMean(data, k)
fc1 = Convolution(mean, w)
b1 = Add(fc1, k)
act = {act}(b1)
fc2 = Convolution(act, w)
b2 = Add(fc2, k)
gate = Sigmoid(b2)
scaled = Multiply(data, gate)
"""

CASES = [
    ("swish_activation", CONV + "swish = Swish(bias)", "bias swish"),
    ("se_block", SQUEEZE.format(act="Relu"), "fc1 b1 act fc2 b2 gate"),
    ("se_block", SQUEEZE.format(act="Swish"), ""),
    ("se_block_swish_activation", SQUEEZE.format(act="Swish"), "fc1 b1 act fc2 b2 gate"),
    ("operation_with_bias", CONV, "bias"),
    ("operation_with_bias", "d = ConvolutionBackpropData(data, w)\nb = Add(d, k)", "b"),
    ("operation_with_bias", CONV.replace("Add(conv, k)", "Add(conv, data)"), ""),
    ("scale_shift_add", "m = Multiply(data, k)\na = Add(m, k)", "a"),
    ("add_scale_shift", "x = Add(data, data)\nm = Multiply(x, k)\na = Add(m, k)\nr = Result(a)", "m a r"),
    ("add_scale_shift", "x = Add(data, data)\nm = Multiply(x, k)\na = Add(m, k)\nr = Relu(a)", ""),
    ("mvn_scale_shift", "n = MVN(data, k)\nm = Multiply(n, k)\na = Add(m, k)", "m a"),
    ("normalize_l2", "n = NormalizeL2(data, k)\nm = Multiply(n, data)", "m"),
    ("input_scale_shift", "m = Multiply(data, k)\na = Add(m, k)", "m a"),
    ("input_transpose_scale_shift", "t = Transpose(data, k)\nm = Multiply(t, k)\na = Add(m, k)", "t m a"),
    (
        "input_convert_transpose_scale_shift",
        "c = Convert(data)\nt = Transpose(c, k)\nm = Multiply(t, k)\na = Add(m, k)",
        "c t m a",
    ),
    ("input_add", "a = Add(data, k)", "a"),
    ("input_subtract", "a = Subtract(data, k)", "a"),
    ("input_subtract", "a = Subtract(data, data)", ""),
    ("input_transpose_add", "t = Transpose(data, k)\na = Add(t, k)", "t a"),
    ("input_convert_transpose_add", "c = Convert(data)\nt = Transpose(c, k)\na = Add(t, k)", "c t a"),
    ("input_multiply", "m = Multiply(data, k)", "m"),
    ("input_transpose_multiply", "t = Transpose(data, k)\nm = Multiply(t, k)", "t m"),
    ("input_convert_transpose_multiply", "c = Convert(data)\nt = Transpose(c, k)\nm = Multiply(t, k)", "c t m"),
    *(
        (
            f"input{name}_reverse_input_channels_{end}",
            f"{start}s = Split({last}, k) 1x4x4x4|1x4x4x4\nj = Concat(s.1, s)\n{tail}",
            f"{members} s j {marked}",
        )
        for name, start, last, members in [
            ("", "", "data", ""),
            ("_transpose", "t = Transpose(data, k)\n", "t", "t"),
            ("_convert_transpose", "c = Convert(data)\nt = Transpose(c, k)\n", "t", "c t"),
        ]
        for end, tail, marked in [
            ("scale_shift", "m = Multiply(j, k)\na = Add(m, k)", "m a"),
            ("add", "a = Add(j, k)", "a"),
        ]
    ),
    ("softmax", "e = Exp(data)\ns = ReduceSum(e, k)\np = Power(s, k)\nm = Multiply(e, p)", "e s p m"),
    ("softmax_div", "e = Exp(data)\ns = ReduceSum(e, k)\nd = Divide(e, s)", "e s d"),
    ("softmax_div", "e = Exp(data)\ns = ReduceSum(e, k)\nd = Divide(data, s)", ""),
    (
        "softmax_reshape_matmul",
        "s = Softmax(data)\nr = Reshape(s, k)\n"
        "a = Add(data, k)\nv = Reshape(a, k)\nt = Transpose(v, k)\nm = MatMul(r, t)",
        "s r a v t m",
    ),
    (
        "softmax_reshape_transpose_matmul",
        "s = Softmax(data)\na = Add(data, k)\nv = Reshape(a, k)\nt = Transpose(v, k)\nm = MatMul(s, t)",
        "s a v t m",
    ),
    (
        "stable_diffusion",
        "s = Softmax(data)\na = Reshape(data, k)\nt = Transpose(a, k)\nv = Reshape(t, k)\nm = MatMul(s, v)",
        "s a t v m",
    ),
    (
        "hswish_activation_without_denominator",
        CONV + "a = Add(bias, k)\nc = Clamp(a)\nm = Multiply(bias, c)",
        "bias a c m",
    ),
    (
        "hswish_activation",
        CONV + "a = Add(bias, k)\nc = Clamp(a)\nm = Multiply(bias, c)\nn = Multiply(m, k)",
        "bias a c m n",
    ),
    (
        "hswish_activation_v2",
        "x = Squeeze(data, k)\na = Add(x, k)\nc = Clamp(a)\nn = Multiply(c, k)\nm = Multiply(x, n)",
        "a c n m",
    ),
    (
        "fc_bn_hswish_activation",
        "u = Unsqueeze(data, k)\nm = Multiply(u, k)\na = Add(m, k)\ns = Squeeze(a, k)",
        "u m a s",
    ),
    (
        "batch_index",
        "a = Subtract(data, data)\nb = Multiply(a, data)\nc = Multiply(b, k)\nd = Add(c, data)\ne = Unsqueeze(d, k)\n"
        "f = Concat(e, data)\ng = Concat(f, k)\nh = Reshape(g, data)\nconv = Convolution(h, w)",
        "a b c d e f g h conv",
    ),
    (
        "experimental_detectron_detection_output_add",
        "x = ExperimentalDetectronDetectionOutput(data)\na = Add(x, k)",
        "x a",
    ),
    (
        "experimental_detectron_roi_feature_extractor_add",
        "x = ExperimentalDetectronROIFeatureExtractor(data)\na = Add(x, k)",
        "x a",
    ),
    ("equal_logicalnot", "e = Equal(data, k)\nn = LogicalNot(e)", "e n"),
]
DEVICE_CASES = [
    ("CPU", "fused_scale_shift", "c = Convolution(data, w)\nm = Multiply(c, k)\na = Add(m, k)", "m a"),
    ("CPU", "fused_scale_shift_bias", CONV + "m = Multiply(bias, k)\na = Add(m, k)", "bias m a"),
    ("CPU", "fused_scale_shift_bias", CONV + "m = Multiply(bias, k)\na = Add(m, k)\nx = Relu(bias)", ""),
    (
        "GPU",
        "fused_scale_shift_activation",
        "c = MatMul(data, w)\nr = Relu(c)\nm = Multiply(r, k)\na = Add(m, k)",
        "r m a",
    ),
    (
        "CPU_SPR",
        "fused_scale_shift_bias_activation",
        CONV + "r = PRelu(bias, k)\nm = Multiply(r, k)\na = Add(m, k)",
        "bias r m a",
    ),
    ("ANY", "fused_elementwise", "c = Convolution(data, w)\nm = Maximum(c, k)", "m"),
    ("ANY", "fused_elementwise", "c = Convolution(data, w)\nm = Maximum(c, data)", ""),
    ("ANY", "fused_elementwise_bias", CONV + "m = Subtract(bias, k)", "bias m"),
    ("ANY", "fused_elementwise_activation", "c = Convolution(data, w)\nr = Sigmoid(c)\nm = Divide(r, k)", "r m"),
    ("ANY", "fused_elementwise_bias_activation", CONV + "r = Relu(bias)\nm = Add(r, k)", "bias r m"),
    ("ANY", "fused_elementwise_bias_activation", CONV + "r = Relu(bias)\nm = Add(r, k)\nx = Exp(r)", ""),
    ("NPU", "hswish_activation_clamp_multiply", "c = Clamp(data)\nm = Multiply(c, k)", "c m"),
    ("GNA", "assign_result", "a = Assign(data)\nr = Result(a)", "r"),
    (
        "GNA3",
        "softmax_reshape_transpose_gather_matmul",
        "s = Softmax(data)\n"
        "a = Add(data, k)\nr = Reshape(a, k)\nt = Transpose(r, k)\ng = Gather(t, k, k)\nm = MatMul(s, g)",
        "s a r t g m",
    ),
]


def patterns_of(device):
    return [pattern for name in load_target_devices()[device].float_blocks for pattern in DEVICE_PATTERNS[name]]


def marked(patterns, name, text):
    (pattern,) = [one for one in patterns if one.name == name]
    return set(mark_blocks(snapshot_from_text(START + text), [pattern]))


@pytest.mark.parametrize(("name", "text", "expected"), CASES, ids=[f"{n}-{bool(e)}" for n, _, e in CASES])
def test_general_blocks(name, text, expected):
    assert marked(GENERAL_PATTERNS, name, text) == set(expected.split())


@pytest.mark.parametrize(
    ("device", "name", "text", "expected"), DEVICE_CASES, ids=[f"{d}-{n}-{bool(e)}" for d, n, _, e in DEVICE_CASES]
)
def test_blocks_of_devices(device, name, text, expected):
    assert marked(patterns_of(device), name, text) == set(expected.split())


def test_every_pattern_has_a_case():
    tested = {name for name, *_ in CASES} | {name for _, name, *_ in DEVICE_CASES}
    listed = {one.name for one in GENERAL_PATTERNS} | {one.name for ones in DEVICE_PATTERNS.values() for one in ones}
    assert tested == listed


def test_devices_differ_where_they_should():
    names = {device: {one.name for one in patterns_of(device)} for device in load_target_devices()}
    assert names["CPU"] - names["CPU_SPR"] == {"softmax_reshape_transpose_gather_matmul"}
    assert names["ANY"] == names["CPU"] == names["GPU"]
    assert names["GNA"] == names["GNA3.5"] == {"assign_result", "softmax_reshape_transpose_gather_matmul"}


def test_squeeze_excite_is_found_in_other_spellings_too():
    text = SQUEEZE.format(act="HSwish").replace("ReduceMean", "AvgPool").replace("Sigmoid", "HardSigmoid")
    assert marked(ANY_SQUEEZE_EXCITE, "squeeze_excite", text) == set(["fc1", "b1", "act", "fc2", "b2", "gate"])
