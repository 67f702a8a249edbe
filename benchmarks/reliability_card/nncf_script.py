"""``nncf_script.py MODEL DATA.npz FOLDER [--OPTION VALUE]...``: the script that users of NNCF write around it."""

import sys
from pathlib import Path

import numpy as np

import nncf
import openvino as ov

model, data, folder, *options = sys.argv[1:]
choices = dict(zip(options[::2], options[1::2], strict=True))
unknown = set(choices) - {"--preset", "--ignored", "--subset-size"}
if unknown:
    sys.exit(f"there is no option {unknown}")
network = ov.Core().read_model(model)
with np.load(data) as archive:
    rows = archive[archive.files[0]]
ignored = nncf.IgnoredScope(names=[choices["--ignored"]]) if "--ignored" in choices else None
result = nncf.quantize(
    network, nncf.Dataset([row[None] for row in rows]), subset_size=int(choices.get("--subset-size", 300)),
    preset=nncf.QuantizationPreset(choices.get("--preset", "performance")), ignored_scope=ignored,
)  # fmt: skip
Path(folder).mkdir(parents=True, exist_ok=True)
ov.save_model(result, str(Path(folder) / "model.xml"), compress_to_fp16=False)
