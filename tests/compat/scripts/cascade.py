"""A cascade of two networks with an engine of its own, built the way POT's face detection sample built its engine.

The first network scores the four quarters of a picture, the second one looks again at the best of them.

Usage: cascade.py proposal.xml refinement.xml
"""

import copy
import os
import sys
from functools import partial
from time import time

import numpy as np

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
from openvino.tools.pot.utils.logger import get_logger

logger = get_logger(__name__)


class Pictures(DataLoader):
    def __init__(self, config):
        super().__init__(config)
        rng = np.random.default_rng(self.config.seed)
        self._pictures = rng.standard_normal((self.config["count"], 24, 24, 3)).astype(np.float32)

    def __len__(self):
        return len(self._pictures)

    def __getitem__(self, index):
        if index >= len(self):
            raise IndexError
        return self._pictures[index], {"picture": index}


class TwoStageEngine(IEEngine):
    def __init__(self, config, data_loader=None, metric=None):
        super().__init__(config, data_loader, metric)
        self._stages = [self._propose, self._refine]

    def set_model(self, model):
        self._model = self._set_model(model)
        self._output_layers = {}
        for number, stage in enumerate(["proposal", "refinement"]):
            self._output_layers[stage] = self.config["outputs"]["score"][number]

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

            outputs = self._add_outputs(nodes_names_map)
            for model_name, outputs_data in outputs.items():
                add_tensor_names(outputs_data, nodes_names_map[model_name].keys())

            model_output_names = []
            for model in self._model:
                model_output_names.extend(collect_model_outputs(model["model"]))

            align_stat_names_with_results(
                model_output_names, nodes_name, node_to_result_names, stats_layout, stat_aliases
            )
            stats_layout, stat_names_aliases = self._convert_stats_names(stats_layout)

        self._predict(stats_layout, sampler, print_progress, metric_per_sample)

        accumulated_stats = process_accumulated_stats(
            stat_names_aliases=stat_names_aliases, accumulated_stats=self._accumulated_layer_stats
        )
        if stats_layout and stat_aliases:
            restore_original_node_names(node_to_result_names, accumulated_stats, stats_layout, stat_aliases)

        metrics = None
        if self._metric:
            metrics = self._metric.avg_value
            if metric_per_sample:
                metrics = (sorted(self._per_sample_metrics, key=lambda i: i["sample_id"]), metrics)
        self._reset()
        return metrics, accumulated_stats

    def _predict(self, stats_layout, sampler, print_progress=False, need_metrics_per_sample=False):
        progress_log_fn = logger.info if print_progress else logger.debug
        start_time = time()
        for batch_id, batch in iter(enumerate(sampler)):
            batch_annotations, image_batch, _ = self._process_batch(batch)
            for image in image_batch:
                callback = (
                    partial(self._collect_statistics, stats_layout=stats_layout, annotations=batch_annotations)
                    if stats_layout
                    else None
                )
                result = None
                for stage in self._stages:
                    result = stage(image, result, callback)
                self._update_metrics([result], batch_annotations, need_metrics_per_sample)
            if self._print_inference_progress(progress_log_fn, batch_id, len(sampler), start_time, time()):
                start_time = time()

    def _infer(self, data, network, callback):
        filled_input = self._fill_input(network, data)
        compiled = self._ie.compile_model(model=network, device_name=self.config.device)
        result = compiled.create_infer_request().infer(filled_input)
        if callback:
            callback(result)
        return result

    def _score(self, result, stage):
        return result[[key for key, _ in result.items() if self._output_layers[stage] in key.get_names()][0]]

    def _propose(self, image, _, callback):
        quarters = [image[y : y + 12, x : x + 12] for y in (0, 12) for x in (0, 12)]
        scores = []
        for quarter in quarters:
            result = self._infer([quarter.transpose(2, 0, 1)], self._model[0]["model"], callback)
            scores.append(self._score(result, "proposal")[0, 0])
        return quarters[int(np.argmax(scores))]

    def _refine(self, image, quarter, callback):
        result = self._infer([quarter[2:10, 2:10].transpose(2, 0, 1)], self._model[1]["model"], callback)
        return self._score(result, "refinement")[0]


class MeanScore(Metric):
    @property
    def avg_value(self):
        return {"score": float(np.mean(self._scores)), "pictures": len(self._scores)}

    @property
    def value(self):
        return {"score": [self._scores[-1]]}

    def update(self, output, target):
        assert "picture" in target[0]
        self._scores.append(float(output[0][0]))

    def reset(self):
        self._scores = []

    def get_attributes(self):
        return {"score": {"direction": "higher-better", "type": "score"}}


def main():
    proposal, refinement = sys.argv[1:3]
    model_config = {
        "model_name": "two_stages",
        "cascade": [
            {"name": "proposal", "model": proposal, "weights": proposal.replace(".xml", ".bin")},
            {"name": "refinement", "model": refinement, "weights": refinement.replace(".xml", ".bin")},
        ],
    }
    engine_config = {"device": "CPU", "outputs": {"score": ["score", "score"]}}
    algorithms = [
        {
            "name": "DefaultQuantization",
            "params": {
                "target_device": "ANY",
                "preset": "performance",
                "stat_subset_size": 4,
                "ignored": {"refinement": {"scope": ["conv2"]}},
            },
        }
    ]
    model = load_model(model_config)
    names = [entry["name"] for entry in model.models]
    engine = TwoStageEngine(engine_config, Pictures({"count": 4, "seed": 3}), MeanScore())
    pipeline = create_pipeline(algorithms, engine)
    before = pipeline.evaluate(model)
    compressed = pipeline.run(model)
    compress_model_weights(compressed)
    paths = compressed.save(os.path.join(os.path.curdir, "optimized"))
    after = pipeline.evaluate(compressed)
    return model.is_cascade, names, before, after, paths


if __name__ == "__main__":
    is_cascade, names, before, after, paths = main()
