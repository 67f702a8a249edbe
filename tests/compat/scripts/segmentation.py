# Segmentation with an engine of its own, in the manner of the 3D segmentation sample: the loader gives metadata, the
# engine turns the map of probabilities into labels of the original size, the metric is the Dice index.
#
# Usage: segmentation.py text.xml pages masks
import os
import sys

import numpy as np
from PIL import Image

from openvino.tools.pot.api import DataLoader, Metric
from openvino.tools.pot.engines.ie_engine import IEEngine
from openvino.tools.pot.graph import load_model, save_model
from openvino.tools.pot.graph.model_utils import compress_model_weights
from openvino.tools.pot.pipeline.initializer import create_pipeline


class PageLoader(DataLoader):
    def __init__(self, config):
        super().__init__(config)
        self._files = sorted(os.listdir(self.config.data_source))

    def __len__(self):
        return len(self._files)

    def __getitem__(self, index):
        if index >= len(self):
            raise IndexError("Index out of dataset size")
        name = self._files[index]
        image = Image.open(os.path.join(self.config.data_source, name)).convert("RGB")
        mask = np.asarray(Image.open(os.path.join(self.config.mask_dir, name))) > 0
        width, height = image.size
        pad_w, pad_h = -width % 32, -height % 32
        pixels = np.pad(np.asarray(image, np.float32), ((0, pad_h), (0, pad_w), (0, 0)), mode="edge")
        pixels = (pixels[:, :, ::-1] / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
        metadata = {"size": (height, width)}
        return pixels.transpose(2, 0, 1)[np.newaxis].astype(np.float32), mask, metadata


class SegmentationEngine(IEEngine):
    @staticmethod
    def postprocess_output(outputs, metadata):
        """Cut off the padding and threshold."""
        probability = list(outputs.values())[0]
        height, width = metadata[0]["size"]
        return [probability[:, 0, :height, :width] > 0.3]


class DiceIndex(Metric):
    def __init__(self):
        super().__init__()
        self._name = "dice_index"

    @property
    def value(self):
        return {self._name: [self._scores[-1]]}

    @property
    def avg_value(self):
        return {self._name: np.array(self._scores).mean()}

    def update(self, output, target):
        if len(output) != 1 or len(target) != 1:
            raise Exception("The Dice index cannot be calculated for a model with several outputs")
        prediction, truth = output[0][0], target[0]
        self._scores.append(2 * (prediction & truth).sum() / (prediction.sum() + truth.sum()))

    def reset(self):
        self._scores = []

    def get_attributes(self):
        return {self._name: {"direction": "higher-better", "type": "dice_index"}}


xml, pages, masks = sys.argv[1:4]
model_config = {"model_name": "text", "model": xml, "weights": os.path.splitext(xml)[0] + ".bin"}
engine_config = {"device": "CPU", "stat_requests_number": 4, "eval_requests_number": 4}
algorithms = [
    {
        "name": "DefaultQuantization",
        "params": {"target_device": "CPU", "preset": "performance", "stat_subset_size": 200, "use_fast_bias": True},
    }
]
model = load_model(model_config)
data_loader = PageLoader({"data_source": pages, "mask_dir": masks})
engine = SegmentationEngine(config=engine_config, data_loader=data_loader, metric=DiceIndex())
pipeline = create_pipeline(algorithms, engine)
metric_results_before = pipeline.evaluate(model)
compressed_model = pipeline.run(model)
compress_model_weights(compressed_model)
compressed_model.save(os.path.join(os.path.curdir, "optimized"))
metric_results = pipeline.evaluate(compressed_model)
