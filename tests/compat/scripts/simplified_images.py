"""The simplified mode by hand: a folder of pictures, no labels.

Usage: simplified_images.py net.xml pictures
"""

import sys

from openvino.tools.pot import compress_model_weights, create_pipeline, load_model, save_model
from openvino.tools.pot.data_loaders.creator import create_data_loader
from openvino.tools.pot.engines.simplified_engine import SimplifiedEngine
from openvino.tools.pot.version import get_version


class Dict(dict):
    __getattr__ = dict.__getitem__


xml, pictures = sys.argv[1:3]
model = load_model({"model_name": "net", "model": xml, "weights": xml[:-4] + ".bin"})
engine_config = Dict({"device": "CPU", "type": "simplified", "data_source": pictures})
data_loader = create_data_loader(engine_config, model)
engine = SimplifiedEngine(engine_config, data_loader=data_loader)
pipeline = create_pipeline(
    [{"name": "DefaultQuantization", "params": {"target_device": "ANY", "stat_subset_size": 300}}], engine
)
model = pipeline.run(model)
compress_model_weights(model)
paths = save_model(model, "simplified", model_name="net_int8")
version = get_version()
