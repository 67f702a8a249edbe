# Quantization of a YOLOv5 detector with POT: the data loader letterboxes pictures, the metric decodes the
# (1, boxes, 5 + classes) output, suppresses overlapping boxes and counts the average precision at IoU 0.5.
#
# Usage: yolo.py yolo.xml pictures annotations.json
import json
import os
import sys

import numpy as np
from PIL import Image

from openvino.tools.pot.api import DataLoader, Metric
from openvino.tools.pot.engines.ie_engine import IEEngine
from openvino.tools.pot.graph import load_model, save_model
from openvino.tools.pot.graph.model_utils import compress_model_weights
from openvino.tools.pot.pipeline.initializer import create_pipeline


class EasyDict(dict):
    def __init__(self, d=None, **kwargs):
        for k, v in dict(d or {}, **kwargs).items():
            setattr(self, k, v)

    def __setattr__(self, name, value):
        super().__setattr__(name, value)
        super().__setitem__(name, value)


def letterbox(image, size):
    scale = size / max(image.size)
    width, height = [round(side * scale) for side in image.size]
    canvas = np.full((size, size, 3), 114, np.uint8)
    top, left = (size - height) // 2, (size - width) // 2
    canvas[top : top + height, left : left + width] = np.asarray(image.resize((width, height)))
    return canvas, (scale, left, top)


class YOLOLoader(DataLoader):
    def __init__(self, config):
        if not isinstance(config, EasyDict):
            config = EasyDict(config)
        super().__init__(config)
        self.annotations = json.load(open(config.annotation_file))
        self.names = sorted(self.annotations)

    def __len__(self):
        return len(self.names)

    def __getitem__(self, sample):
        if sample >= len(self):
            raise IndexError
        image = Image.open(os.path.join(self.config.data_source, self.names[sample])).convert("RGB")
        pixels, (scale, left, top) = letterbox(image, 64)
        boxes = np.array(self.annotations[self.names[sample]], np.float32) * scale + [left, top, left, top]
        data = pixels.transpose(2, 0, 1)[None].astype(np.float32) / 255
        return (sample, {"boxes": boxes}), data


def nms(boxes, scores, threshold):
    order, keep = scores.argsort()[::-1], []
    while order.size:
        keep.append(order[0])
        order = order[1:][iou(boxes[order[:1]], boxes[order[1:]])[0] <= threshold]
    return keep


def iou(a, b):
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    inter = np.prod(np.clip(high - low, 0, None), 2)
    area = lambda x: np.prod(x[:, 2:] - x[:, :2], 1)
    return inter / (area(a)[:, None] + area(b)[None] - inter + 1e-9)


class AP50(Metric):
    def __init__(self):
        self._name = "AP@0.5"
        super().__init__()

    @property
    def avg_value(self):
        found = sorted(self.found, key=lambda entry: -entry[0])
        hits = np.cumsum([hit for _, hit in found])
        precision = hits / np.arange(1, len(hits) + 1)
        recall = hits / self.total
        steps = np.diff(np.concatenate([[0], recall]))
        return {self._name: float((steps * np.maximum.accumulate(precision[::-1])[::-1]).sum())}

    @property
    def value(self):
        return {self._name: [self.avg_value[self._name]]}

    def update(self, output, target):
        prediction = output[0][0]
        prediction = prediction[prediction[:, 4] * prediction[:, 5] > 0.25]
        centre, size = prediction[:, :2], prediction[:, 2:4]
        boxes, scores = np.concatenate([centre - size / 2, centre + size / 2], 1), prediction[:, 4] * prediction[:, 5]
        keep = nms(boxes, scores, 0.45)
        truth, used = target[0]["boxes"], set()
        self.total += len(truth)
        for box, score in zip(boxes[keep], scores[keep]):
            overlap = iou(box[None], truth)[0]
            best = int(overlap.argmax())
            hit = overlap[best] > 0.5 and best not in used
            used |= {best} if hit else set()
            self.found.append((score, hit))

    def reset(self):
        self.found, self.total = [], 0

    def get_attributes(self):
        return {self._name: {"direction": "higher-better", "type": "AP"}}


xml, pictures, annotation_file = sys.argv[1:4]
config = EasyDict(
    {
        "algorithm": [
            {
                "name": "DefaultQuantization",
                "params": {"target_device": "CPU", "preset": "mixed", "stat_subset_size": 300},
            }
        ],
        "engine": {"device": "CPU", "stat_requests_number": 2, "eval_requests_number": 2},
        "dataset": {"data_source": pictures, "annotation_file": annotation_file},
        "model": {"model_name": "yolo", "model": xml, "weights": xml.replace(".xml", ".bin")},
    }
)
model = load_model(config.model)
data_loader = YOLOLoader(config.dataset)
metric = AP50()
engine = IEEngine(config.engine, data_loader, metric)
pipeline = create_pipeline(config.algorithm, engine)
metric_results_FP32 = pipeline.evaluate(model)
compressed_model = pipeline.run(model)
compress_model_weights(compressed_model)
optimized_save_dir = "optimized/"
save_model(compressed_model, os.path.join(os.path.curdir, optimized_save_dir), "yolo_int8")
metric_results_INT8 = pipeline.evaluate(compressed_model)
for name, value in metric_results_INT8.items():
    print("{: <27s}: {}".format(name, value))
