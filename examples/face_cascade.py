"""A cascade: P-Net proposes faces, R-Net and O-Net look again at what it found. Quantized together, on real faces.

    python examples/face_cascade.py

All that is particular to it are the stages of mtcnn_stages.py. ``classic`` writes an engine for them, as POT's sample
had to; ``modern`` hands them to openpot's CascadeEngine.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from face_pictures import CALIBRATION, EVALUATION, Faces
from mtcnn_stages import STAGES
from registry_models import fetch

import openpot
import openvino as ov
from openpot.data.metrics.mean_average_precision import MeanAveragePrecision
from openvino.tools.pot import Engine, compress_model_weights, create_pipeline, load_model
from openvino.tools.pot.samplers.batch_sampler import BatchSampler


class OwnEngine(Engine):
    """What POT asked of the user of a cascade: models, inference, statistics and metrics by hand."""

    def set_model(self, model: openpot.CompressedModel) -> None:
        self.models = {entry["name"]: entry["model"].clone() for entry in model.models}

    def predict(
        self,
        stats_layout: Any = None,
        sampler: Any = None,
        stat_aliases: Any = None,
        metric_per_sample: bool = False,
        print_progress: bool = False,
    ) -> tuple[Any, dict[Any, dict[Any, list[Any]]]]:
        layout = stats_layout or {}
        collected: dict[Any, dict[Any, list[Any]]] = {node: {name: [] for name in layout[node]} for node in layout}
        infer = {}
        for name, model in self.models.items():
            observed = model.clone()
            wanted = [node for node in layout if str(node[0] if isinstance(node, tuple) else node).startswith(name)]
            keys = [node if isinstance(node, tuple) else (node, 0) for node in wanted]
            if keys:
                observed.add_outputs(keys)
            compiled = ov.Core().compile_model(observed, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
            infer[name] = self._observing(compiled, len(model.outputs), wanted, layout, collected)
        for batch in sampler or BatchSampler(self.data_loader):
            for pixels, annotation in batch:
                answer = None
                for name, stage in STAGES.items():
                    answer = stage(infer[name], pixels, answer)
                if not layout and self.metric is not None:
                    self.metric.update([answer], [annotation])
        metrics = None if layout or self.metric is None else self.metric.avg_value
        if self.metric is not None:
            self.metric.reset()
        return metrics, collected

    def _observing(self, compiled: Any, count: int, wanted: list, layout: Any, collected: Any) -> Any:
        def run(data: np.ndarray) -> dict[int, np.ndarray]:
            arrays = list(compiled(np.ascontiguousarray(data)).values())
            for node, tensor in zip(wanted, arrays[count:], strict=True):
                for name, function in layout[node].items():
                    collected[node][name].append(function(tensor))
            return dict(enumerate(arrays[:count]))

        return run


def cascade() -> openpot.CompressedModel:
    """The three networks as one model."""
    parts = [{"name": name, "model": str(fetch("mtcnn") / f"{name}.onnx")} for name in STAGES]
    return load_model({"model_name": "mtcnn", "cascade": parts})


def quantized(engine: Any, output: Path) -> openpot.CompressedModel:
    """All three networks quantized together and saved."""
    algorithms = [{"name": "DefaultQuantization", "params": {"target_device": "CPU", "stat_subset_size": 300}}]
    model = create_pipeline(algorithms, engine).run(cascade())
    compress_model_weights(model)
    model.save(output)
    return model


def classic(calibration: Faces, evaluation: Faces, output: Path) -> tuple[float, float]:
    """With an engine of one's own; average precision before and after."""
    model = quantized(OwnEngine({"device": "CPU"}, calibration), output)
    judge = create_pipeline([], OwnEngine({"device": "CPU"}, evaluation, MeanAveragePrecision(iou=0.4)))
    return judge.evaluate(cascade())["mAP@0.4"], judge.evaluate(model)["mAP@0.4"]


def modern(calibration: Faces, evaluation: Faces, output: Path) -> tuple[float, float]:
    """With openpot's engine, which takes the stages as they are; average precision before and after."""
    model = quantized(openpot.CascadeEngine({}, calibration, stages=STAGES), output)
    metric = MeanAveragePrecision(iou=0.4)
    judge = openpot.Pipeline(openpot.CascadeEngine({}, evaluation, metric, STAGES))
    return judge.evaluate(cascade())["mAP@0.4"], judge.evaluate(model)["mAP@0.4"]


def main() -> None:
    """Quantize both ways, print."""
    calibration, evaluation = Faces(CALIBRATION), Faces(EVALUATION)
    faces = sum(len(boxes) for _, boxes in evaluation.samples)
    for run in (classic, modern):
        before, after = run(calibration, evaluation, Path("out/faces", run.__name__))
        print(f"{run.__name__}: average precision {before:.3f} in FP32, {after:.3f} in INT8, on {faces} faces")


if __name__ == "__main__":
    main()
