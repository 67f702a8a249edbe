"""Quantize a classifier the way POT's guide showed it: evaluate before and after, save INT8 weights.

Usage: classification.py -m net.xml -d data -a labels.txt
"""

import os

import numpy as np

from openvino.tools.pot import (
    DataLoader,
    IEEngine,
    Metric,
    compress_model_weights,
    create_pipeline,
    load_model,
    save_model,
)
from openvino.tools.pot.api.samples.utils.argument_parser import get_common_argparser
from openvino.tools.pot.utils.logger import get_logger, init_logger

init_logger(level="INFO")
logger = get_logger(__name__)


class ImageNetLikeLoader(DataLoader):
    def __init__(self, config):
        super().__init__(config)
        self.entries = []
        with open(self.config.annotation_file) as f:
            for line in f.read().splitlines():
                name, label = line.split()
                self.entries.append((os.path.join(self.config.data_source, name), int(label)))

    def __len__(self):
        return len(self.entries)

    def __getitem__(self, index):
        if index >= len(self):
            raise IndexError("no such image")
        path, label = self.entries[index]
        return np.load(path), label


class Accuracy(Metric):
    def __init__(self, top_k=1):
        super().__init__()
        self._top_k = top_k
        self._name = "accuracy@top{}".format(top_k)
        self._matches = []

    @property
    def value(self):
        """Of the last batch."""
        return {self._name: self._matches[-1]}

    @property
    def avg_value(self):
        return {self._name: np.ravel(self._matches).mean()}

    def update(self, output, target):
        if len(output) > 1:
            raise Exception("the accuracy metric cannot be calculated for a model with several outputs")
        if isinstance(target, dict):
            target = list(target.values())
        predictions = np.argsort(output[0], axis=1)[:, -self._top_k :]
        self._matches.append([float(t in predictions[i]) for i, t in enumerate(target)])

    def reset(self):
        self._matches = []

    def get_attributes(self):
        return {self._name: {"direction": "higher-better", "type": "accuracy"}}


def optimize_model(args):
    weights = args.weights if args.weights else args.model.replace(".xml", ".bin")
    model_config = {"model_name": "sample_model", "model": os.path.expanduser(args.model), "weights": weights}
    engine_config = {"device": "CPU", "stat_requests_number": 2, "eval_requests_number": 2}
    dataset_config = {"data_source": args.dataset, "annotation_file": args.annotation_file}
    algorithms = [
        {
            "name": "DefaultQuantization",
            "params": {"target_device": "ANY", "preset": "performance", "stat_subset_size": 40},
        }
    ]

    model = load_model(model_config=model_config)
    data_loader = ImageNetLikeLoader(dataset_config)
    metric = Accuracy(top_k=1)
    engine = IEEngine(config=engine_config, data_loader=data_loader, metric=metric)
    pipeline = create_pipeline(algorithms, engine)

    before = pipeline.evaluate(model)
    engine.set_model(model)
    (per_sample, _), _ = engine.predict(metric_per_sample=True)

    compressed = pipeline.run(model=model)
    compress_model_weights(model=compressed)
    paths = save_model(
        model=compressed, save_path=os.path.join(os.path.curdir, "optimized"), model_name="classifier_int8"
    )
    return compressed, pipeline, before, per_sample, paths


if __name__ == "__main__":
    parser = get_common_argparser()
    parser.add_argument("-a", "--annotation-file", help="file with image names and labels", required=True)
    compressed_model, pipeline, before, per_sample, paths = optimize_model(parser.parse_args())
    after = pipeline.evaluate(compressed_model)
    for name, value in after.items():
        logger.info("%s: %.4f (before: %.4f)", name, value, before[name])
