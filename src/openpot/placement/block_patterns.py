"""Blocks of operations that POT leaves in float, as data.

A pattern is one or more chains of operations, each feeding the next::

    "Convolution|MatMul:input > Add+const:x > Clamp > Multiply:mul", "@x > @mul"

``A|B`` is either type, ``+const`` asks for a constant among the inputs, ``:name`` names the node and ``@name`` is a
node named before. Nodes called ``input`` and ``output`` only say where the block begins and ends: they are not part of
it. Grouped convolutions count as convolutions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_CONV_FC = "Convolution|MatMul"
_WITH_WEIGHTS = "Convolution|ConvolutionBackpropData|GroupConvolutionBackpropData|MatMul"
_ACTIVATION = "Relu|PRelu|Sigmoid"
_ELEMENTWISE = (
    "Add|Multiply|Subtract|Divide|Less|LessEqual|Greater|GreaterEqual|Equal|NotEqual|FloorMod|LogicalOr|LogicalXor|"
    "LogicalAnd|Maximum|Minimum"
)
_SCALE_SHIFT = "Multiply+const > Add+const"
_REVERSED_CHANNELS = "Split+const > Concat"


@dataclass(frozen=True)
class BlockPattern:
    """A named block of operations.

    Attributes:
        name: In the reason why its operations stay in float.
        chains: What it looks like; see the module.
        unbranched: Types of operations. With any, the block counts only if the path into these has no branches.
        holds_macs: Whether operations that multiply and accumulate stay in float inside the block, on purpose.
    """

    name: str
    chains: tuple[str, ...]
    unbranched: tuple[str, ...] = ()
    holds_macs: bool = False


def _squeeze_excite(name: str, activation: str, start: str = "ReduceMean", gate: str = "Sigmoid") -> BlockPattern:
    chain = f"{start}:input > {_CONV_FC} > Add+const > {activation} > {_CONV_FC} > Add+const > {gate} > Multiply:output"
    return BlockPattern(name, (chain,), holds_macs=True)


def _inputs() -> tuple[BlockPattern, ...]:
    """Patterns of preprocessing at the inputs of a model."""
    starts = {"": "", "_transpose": "Transpose > ", "_convert_transpose": "Convert > Transpose > "}
    patterns = [BlockPattern("input_subtract", ("Parameter:input > Subtract",))]
    for name, start in starts.items():
        plain, reverse = f"Parameter:input > {start}", f"Parameter:input > {start}{_REVERSED_CHANNELS} > "
        patterns += [
            BlockPattern(f"input{name}_scale_shift", (plain + _SCALE_SHIFT,)),
            BlockPattern(f"input{name}_add", (plain + "Add+const",)),
            BlockPattern(f"input{name}_multiply", (plain + "Multiply",)),
            BlockPattern(f"input{name}_reverse_input_channels_scale_shift", (reverse + _SCALE_SHIFT,)),
            BlockPattern(f"input{name}_reverse_input_channels_add", (reverse + "Add+const",)),
        ]
    return tuple(patterns)


SQUEEZE_EXCITE = (
    _squeeze_excite("se_block", "Relu|PRelu"),
    _squeeze_excite("se_block_swish_activation", "Swish"),
)

ANY_SQUEEZE_EXCITE = (
    _squeeze_excite(
        "squeeze_excite", "Relu|PRelu|Swish|HSwish|Gelu", "ReduceMean|AvgPool", "Sigmoid|HSigmoid|HardSigmoid"
    ),
)
"""Squeeze-and-excite blocks in the spellings that other frameworks give them: a few products of a vector, whose result
scales every channel. INT8 saves nothing there and hurts everywhere below."""

GENERAL_PATTERNS: tuple[BlockPattern, ...] = (
    BlockPattern("swish_activation", (f"{_CONV_FC}:input > Add+const > Swish",)),
    *SQUEEZE_EXCITE,
    BlockPattern("operation_with_bias", (f"{_WITH_WEIGHTS}:input > Add+const",)),
    BlockPattern("scale_shift_add", ("Multiply:input > Add+const",)),
    BlockPattern("add_scale_shift", (f"Add:input > {_SCALE_SHIFT} > Result",)),
    BlockPattern("mvn_scale_shift", (f"MVN:input > {_SCALE_SHIFT}",)),
    BlockPattern("normalize_l2", ("NormalizeL2:input > Multiply",)),
    *_inputs(),
    BlockPattern("softmax", ("Exp:exp > ReduceSum+const > Power+const > Multiply:mul", "@exp > @mul")),
    BlockPattern("softmax_div", ("Exp:exp > ReduceSum+const > Divide:div", "@exp > @div")),
    BlockPattern(
        "softmax_reshape_matmul",
        ("Softmax > Reshape+const > MatMul:matmul", "Add > Reshape+const > Transpose > @matmul"),
        holds_macs=True,
    ),
    BlockPattern(
        "softmax_reshape_transpose_matmul",
        ("Softmax > MatMul:matmul", "Add > Reshape+const > Transpose > @matmul"),
        holds_macs=True,
    ),
    BlockPattern(
        "stable_diffusion",
        ("Softmax > MatMul:matmul", "Reshape > Transpose > Reshape > @matmul"),
        holds_macs=True,
    ),
    BlockPattern(
        "hswish_activation_without_denominator",
        (f"{_CONV_FC}:input > Add+const:x > Add+const > Clamp > Multiply:mul", "@x > @mul"),
    ),
    BlockPattern(
        "hswish_activation",
        (f"{_CONV_FC}:input > Add+const:x > Add+const > Clamp > Multiply:mul > Multiply+const", "@x > @mul"),
    ),
    BlockPattern(
        "hswish_activation_v2",
        (
            "Add|Multiply|ReduceMean|Squeeze:input > Add+const > Clamp > Multiply+const > Multiply:mul",
            "@input > @mul",
        ),
    ),
    BlockPattern("fc_bn_hswish_activation", (f"Unsqueeze+const > {_SCALE_SHIFT} > Squeeze+const",)),
    BlockPattern(
        "batch_index",
        ("Subtract > Multiply > Multiply+const > Add > Unsqueeze > Concat > Concat+const > Reshape > Convolution",),
        holds_macs=True,
    ),
    BlockPattern("experimental_detectron_detection_output_add", ("ExperimentalDetectronDetectionOutput > Add+const",)),
    BlockPattern(
        "experimental_detectron_roi_feature_extractor_add", ("ExperimentalDetectronROIFeatureExtractor > Add+const",)
    ),
    BlockPattern("equal_logicalnot", ("Equal > LogicalNot",)),
)

_FUSED_STARTS = {
    "": f"{_CONV_FC}:input",
    "_bias": f"{_CONV_FC}:input > Add+const",
    "_activation": f"{_CONV_FC}:input > {_ACTIVATION}",
    "_bias_activation": f"{_CONV_FC}:input > Add+const > {_ACTIVATION}",
}
DEVICE_PATTERNS: Mapping[str, tuple[BlockPattern, ...]] = {
    "fused_scale_shift": tuple(
        BlockPattern(f"fused_scale_shift{name}", (f"{start} > {_SCALE_SHIFT}",), unbranched=("Multiply",))
        for name, start in _FUSED_STARTS.items()
    ),
    "fused_elementwise": tuple(
        BlockPattern(
            f"fused_elementwise{name}", (f"{start} > {_ELEMENTWISE}+const",), unbranched=tuple(_ELEMENTWISE.split("|"))
        )
        for name, start in _FUSED_STARTS.items()
    ),
    "hswish_activation_clamp_multiply": (
        BlockPattern("hswish_activation_clamp_multiply", ("Clamp > Multiply+const",)),
    ),
    "assign_result": (BlockPattern("assign_result", ("Assign:input > Result",)),),
    "softmax_reshape_transpose_gather_matmul": (
        BlockPattern(
            "softmax_reshape_transpose_gather_matmul",
            ("Softmax > MatMul:matmul", "Add > Reshape+const > Transpose > Gather > @matmul"),
            holds_macs=True,
        ),
    ),
}
"""Blocks that only some devices leave in float: those that name them in ``float_blocks`` of ``devices.json``."""
