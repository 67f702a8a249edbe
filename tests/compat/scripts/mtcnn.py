# The face detection sample: an engine for the three networks of MTCNN, built on IEEngine, with its stages as methods.
#
# Usage: mtcnn.py -pm pnet.xml -rm rnet.xml -om onet.xml -d pictures -a boxes.json
import argparse
import copy
import json
import os
from functools import partial
from time import time

import numpy as np
from PIL import Image

from openvino.tools.pot import DataLoader, IEEngine, Metric, compress_model_weights, create_pipeline, load_model
from openvino.tools.pot.engines.utils import (
    add_tensor_names,
    align_stat_names_with_results,
    collect_model_outputs,
    process_accumulated_stats,
    restore_original_node_names,
)
from openvino.tools.pot.graph.model_utils import add_outputs
from openvino.tools.pot.samplers.batch_sampler import BatchSampler
from openvino.tools.pot.utils.logger import get_logger, init_logger

init_logger(level="INFO")
logger = get_logger(__name__)


class Faces(DataLoader):
    def __init__(self, config):
        super().__init__(config)
        self._boxes = json.load(open(self.config["annotation_file"]))
        self._names = sorted(self._boxes)

    def __getitem__(self, index):
        if index >= len(self):
            raise IndexError
        image = Image.open(os.path.join(self.config["data_source"], self._names[index])).convert("RGB")
        return np.asarray(image), np.array(self._boxes[self._names[index]]).reshape(-1, 4)

    def __len__(self):
        return len(self._names)


def nms(boxes, scores, threshold):
    order, keep = np.argsort(-scores), []
    while order.size:
        keep.append(order[0])
        order = order[1:][overlap(boxes[order[0]], boxes[order[1:]]) <= threshold]
    return keep


def overlap(box, boxes):
    corners = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])
    common = np.prod(np.maximum(corners, 0), axis=1)
    return common / (np.prod(box[2:] - box[:2]) + np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) - common)


def rerec(boxes):
    side = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)[:, None]
    corner = (boxes[:, :2] + boxes[:, 2:] - side) / 2
    return np.fix(np.hstack([corner, corner + side]))


def cut(image, boxes, size):
    pictures = [Image.fromarray(image).crop(tuple(int(v) for v in box)).resize((size, size)) for box in boxes]
    return np.stack([(np.asarray(p, np.float32) - 127.5) / 128 for p in pictures]).transpose(0, 2, 1, 3)


class MTCNNEngine(IEEngine):
    def __init__(self, config, data_loader=None, metric=None):
        super().__init__(config, data_loader, metric)
        self._stages = [self._pnet_stage, self._rnet_stage, self._onet_stage]

    def set_model(self, model):
        self._model = self._set_model(model)
        self._output_layers = {
            name: {kind: self.config["outputs"][kind][i] for kind in ("probabilities", "regions")}
            for i, name in enumerate(["pnet", "rnet", "onet"])
        }

    def _add_outputs(self, nodes_name):
        return add_outputs(self._model, nodes_name)

    def predict(
        self, stats_layout=None, sampler=None, stat_aliases=None, metric_per_sample=False, print_progress=False
    ):
        stat_names_aliases = None
        if sampler is None:
            sampler = BatchSampler(self.data_loader)
        if stats_layout:
            model_with_stat_op, nodes_names_map, node_to_result_names = self._statistic_graph_builder.insert_statistic(
                copy.deepcopy(self._nx_model), stats_layout, stat_aliases
            )
            self.set_model(model_with_stat_op)
            nodes_name = []
            for names_map in nodes_names_map.values():
                nodes_name.extend(list(names_map.keys()))
            for model_name, outputs_data in self._add_outputs(nodes_names_map).items():
                add_tensor_names(outputs_data, nodes_names_map[model_name].keys())
            model_output_names = []
            for model in self._model:
                model_output_names.extend(collect_model_outputs(model["model"]))
            align_stat_names_with_results(
                model_output_names, nodes_name, node_to_result_names, stats_layout, stat_aliases
            )
            stats_layout, stat_names_aliases = self._convert_stats_names(stats_layout)

        self._compiled = [self._ie.compile_model(m["model"], self.config.device) for m in self._model]
        self._predict(stats_layout, sampler, print_progress, metric_per_sample)
        accumulated_stats = process_accumulated_stats(
            stat_names_aliases=stat_names_aliases, accumulated_stats=self._accumulated_layer_stats
        )
        if stats_layout and stat_aliases:
            restore_original_node_names(node_to_result_names, accumulated_stats, stats_layout, stat_aliases)
        metrics = self._metric.avg_value if self._metric else None
        self._reset()
        return metrics, accumulated_stats

    def _predict(self, stats_layout, sampler, print_progress=False, need_metrics_per_sample=False):
        progress_log_fn = logger.info if print_progress else logger.debug
        start_time = time()
        for batch_id, batch in enumerate(sampler):
            batch_annotations, image_batch, _ = self._process_batch(batch)
            callback = None
            if stats_layout:
                callback = partial(self._collect_statistics, stats_layout=stats_layout, annotations=batch_annotations)
            result = None
            for stage in self._stages:
                result = stage(image_batch[0], result, callback)
            self._update_metrics([result], batch_annotations, need_metrics_per_sample)
            if self._print_inference_progress(progress_log_fn, batch_id, len(sampler), start_time, time()):
                start_time = time()

    def _infer(self, number, data, callback):
        result = self._compiled[number].create_infer_request().infer([np.ascontiguousarray(data)])
        if callback:
            callback(result)
        names = self._output_layers[["pnet", "rnet", "onet"][number]]
        pick = lambda name: [array for key, array in result.items() if name in key.get_names()][0]
        return pick(names["regions"]), pick(names["probabilities"])

    def _pnet_stage(self, image, _, callback):
        picture, scale, boxes, scores = Image.fromarray(image), 0.6, [], []
        while min(picture.size) * scale >= 12:
            size = [int(np.ceil(side * scale)) for side in picture.size]
            pixels = (np.asarray(picture.resize(size, Image.BOX), np.float32) - 127.5) / 128
            regions, probabilities = self._infer(0, pixels.transpose(1, 0, 2)[None], callback)
            x, y = np.where(probabilities[0, ..., 1] > 0.6)
            corner = np.stack([x, y, x, y], 1)
            found = np.fix((2 * corner + [1, 1, 12, 12]) / scale)
            score = probabilities[0, x, y, 1]
            found = found + regions[0, x, y] * np.tile(found[:, 2:] - found[:, :2], 2)
            keep = nms(found, score, 0.5)
            boxes.append(found[keep])
            scores.append(score[keep])
            scale *= 0.709
        boxes, scores = np.concatenate(boxes), np.concatenate(scores)
        return rerec(boxes[nms(boxes, scores, 0.7)])

    def _look(self, number, image, boxes, size, callback):
        if not len(boxes):
            return boxes, np.zeros(0)
        regions, probabilities = self._infer(number, cut(image, boxes, size), callback)
        keep = probabilities[:, 1] > 0.7
        boxes, regions, scores = boxes[keep], regions[keep], probabilities[keep, 1]
        boxes = boxes + regions * np.tile(boxes[:, 2:] - boxes[:, :2], 2)
        keep = nms(boxes, scores, 0.7)
        return boxes[keep], scores[keep]

    def _rnet_stage(self, image, boxes, callback):
        return rerec(self._look(1, image, boxes, 24, callback)[0])

    def _onet_stage(self, image, boxes, callback):
        return self._look(2, image, boxes, 48, callback)


class Recall(Metric):
    def __init__(self):
        super().__init__()
        self._name = "recall"

    @property
    def avg_value(self):
        return {self._name: self._hits / self._total, "found": self._found}

    def update(self, output, target):
        boxes, _ = output[0]
        self._found += len(boxes)
        for face in target[0]:
            self._total += 1
            self._hits += int(len(boxes) > 0 and overlap(face, boxes).max() > 0.4)

    def reset(self):
        self._hits = self._total = self._found = 0

    def get_attributes(self):
        return {self._name: {"direction": "higher-better", "type": "recall"}}


def main():
    parser = argparse.ArgumentParser(description="Face detection sample", allow_abbrev=False)
    parser.add_argument("-pm", "--pnet-model", required=True)
    parser.add_argument("-rm", "--rnet-model", required=True)
    parser.add_argument("-om", "--onet-model", required=True)
    parser.add_argument("-d", "--dataset", required=True)
    parser.add_argument("-a", "--annotation-file", required=True)
    parser.add_argument("--probabilities", nargs=3, required=True)
    parser.add_argument("--regions", nargs=3, required=True)
    args = parser.parse_args()
    model_config = {
        "model_name": "mtcnn",
        "cascade": [
            {"name": name, "model": path, "weights": path.replace(".xml", ".bin")}
            for name, path in (("pnet", args.pnet_model), ("rnet", args.rnet_model), ("onet", args.onet_model))
        ],
    }
    engine_config = {
        "device": "CPU",
        "outputs": {"probabilities": args.probabilities, "regions": args.regions},
    }
    dataset_config = {"data_source": args.dataset, "annotation_file": args.annotation_file}
    algorithms = [
        {
            "name": "DefaultQuantization",
            "params": {"target_device": "ANY", "preset": "performance", "stat_subset_size": 300},
        }
    ]
    model = load_model(model_config)
    engine = MTCNNEngine(engine_config, data_loader=Faces(dataset_config), metric=Recall())
    pipeline = create_pipeline(algorithms, engine)
    before = pipeline.evaluate(model)
    compressed_model = pipeline.run(model)
    compress_model_weights(compressed_model)
    paths = compressed_model.save(os.path.join(os.path.curdir, "optimized"))
    return before, pipeline.evaluate(compressed_model), paths


if __name__ == "__main__":
    before, after, paths = main()
