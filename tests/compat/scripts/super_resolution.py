# Super-resolution: quantize, then compare PSNR of float and INT8 pictures.
#
# Usage: super_resolution.py upconv.xml photos
import glob
import sys

import numpy as np
from addict import Dict
from PIL import Image

from openvino.tools.pot import (
    DataLoader,
    IEEngine,
    Metric,
    compress_model_weights,
    create_pipeline,
    load_model,
    save_model,
)


class ImagePairs(DataLoader):
    def __init__(self, config):
        super().__init__(config)
        self.pairs = []
        for path in sorted(glob.glob(config.data_source + "/*.png")):
            hr = Image.open(path).convert("RGB")
            lr = hr.resize((hr.width // 2, hr.height // 2), Image.BICUBIC)
            self.pairs.append((np.asarray(lr), np.asarray(hr)))

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, index):
        lr, hr = self.pairs[index]
        lr = np.pad(lr.astype(np.float32) / 255.0, ((7, 7), (7, 7), (0, 0)), "edge")
        return np.expand_dims(lr.transpose(2, 0, 1), 0), hr.astype(np.float32) / 255.0


class PSNR(Metric):
    def __init__(self):
        self._values = []
        super().__init__()

    @property
    def value(self):
        return {"PSNR": [self._values[-1]]}

    @property
    def avg_value(self):
        return {"PSNR": sum(self._values) / len(self._values)}

    def update(self, output, target):
        picture = np.clip(output[0][0].transpose(1, 2, 0), 0, 1)
        self._values.append(-10 * np.log10(np.mean((picture - target[0]) ** 2)))

    def reset(self):
        self._values = []

    def get_attributes(self):
        return {"PSNR": {"direction": "higher-better", "type": "psnr"}}


xml = sys.argv[1]
model_config = Dict({"model_name": "upconv", "model": xml, "weights": xml[:-4] + ".bin"})
engine_config = Dict({"device": "CPU", "stat_requests_number": 2, "eval_requests_number": 2})
dataset_config = Dict({"data_source": sys.argv[2]})
algorithms = [
    {
        "name": "DefaultQuantization",
        "params": {
            "target_device": "CPU",
            "preset": "mixed",
            "stat_subset_size": 100,
            "range_estimator": {"preset": "default"},
        },
    }
]
model = load_model(model_config)
engine = IEEngine(engine_config, ImagePairs(dataset_config), PSNR())
pipeline = create_pipeline(algorithms, engine)
fp32 = pipeline.evaluate(model)
model = pipeline.run(model)
compress_model_weights(model)
paths = save_model(model, "quantized", "upconv_int8")
int8 = pipeline.evaluate(model)
print("PSNR: {:.2f} dB -> {:.2f} dB".format(fp32["PSNR"], int8["PSNR"]))
