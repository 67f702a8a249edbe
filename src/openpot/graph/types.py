"""Names for OpenVINO's objects, so that other folders can be typed without importing openvino themselves.

Import it under ``TYPE_CHECKING`` only.
"""

from __future__ import annotations

from typing import TypeAlias

import openvino

Model: TypeAlias = openvino.Model
Node: TypeAlias = openvino.Node
Output: TypeAlias = openvino.Output
Input: TypeAlias = openvino.Input
CompiledModel: TypeAlias = openvino.CompiledModel
PartialShape: TypeAlias = openvino.PartialShape
