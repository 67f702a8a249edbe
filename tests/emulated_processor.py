"""What the runtime has to be told where ``ONEDNN_MAX_CPU_ISA`` makes the kernels those of an older processor.

The CPU plugin itself still sees the real one: it asks for bfloat16 and for dynamic quantization, which the emulated
kernels lack, and compiling ends in "could not create a primitive descriptor" or "object is not initialized". The older
processor would ask for neither.
"""

import os

import openvino as ov

AS_ON_OLDER_PROCESSORS = {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0}


class OlderCore(ov.Core):
    """A runtime whose defaults are those of a processor without bfloat16 and without VNNI."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.set_property("CPU", AS_ON_OLDER_PROCESSORS)


def follow_emulation():
    """Let every runtime of this process have such defaults if an older processor is emulated."""
    if os.environ.get("ONEDNN_MAX_CPU_ISA"):
        ov.Core = OlderCore
