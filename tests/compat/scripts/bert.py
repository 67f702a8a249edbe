# Quantization of a BERT-like sentence encoder. Samples are dictionaries of integer arrays, lengths differ from sample
# to sample, the configuration names the model type.
#
# Usage: bert.py encoder.xml vocab.txt pairs.txt
import os
import re
import sys

import numpy as np

from openvino.tools.pot.api import DataLoader, Metric
from openvino.tools.pot.engines.ie_engine import IEEngine
from openvino.tools.pot.graph import load_model, save_model
from openvino.tools.pot.graph.model_utils import compress_model_weights
from openvino.tools.pot.pipeline.initializer import create_pipeline

MAX_SEQ_LENGTH = 64


class Tokenizer:
    def __init__(self, path):
        self.vocabulary = {
            piece: number for number, piece in enumerate(open(path, encoding="utf-8").read().split("\n"))
        }

    def pieces(self, word):
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = ("##" if start else "") + word[start:end]
                if piece in self.vocabulary:
                    yield self.vocabulary[piece]
                    break
            else:
                yield self.vocabulary["[UNK]"]
                return
            start = end

    def __call__(self, text):
        words = re.findall(r"\w+|[^\w\s]", text.lower())
        pieces = [piece for word in words for piece in self.pieces(word)][: MAX_SEQ_LENGTH - 2]
        return [self.vocabulary["[CLS]"]] + pieces + [self.vocabulary["[SEP]"]]


class TextLoader(DataLoader):
    """Each line holds two texts of one subject; samples are the first texts, then the second ones."""

    def __init__(self, config):
        super().__init__(config)
        self._tokenizer = Tokenizer(self.config["vocabulary"])
        pairs = [line.split("\t") for line in open(self.config["data_source"]).read().splitlines()]
        self._texts = [(number, first) for number, (first, _) in enumerate(pairs)]
        self._texts += [(number, second) for number, (_, second) in enumerate(pairs)]

    def __len__(self):
        return len(self._texts)

    def __getitem__(self, sample):
        if sample >= len(self):
            raise IndexError
        number, text = self._texts[sample]
        input_ids = np.array([self._tokenizer(text)])
        inputs = {"input_ids": input_ids, "attention_mask": np.ones_like(input_ids)}
        return (sample, number), inputs


class Retrieval(Metric):
    """Share of the second texts whose nearest first text is of their subject."""

    def __init__(self):
        super().__init__()
        self._name = "retrieval"

    @property
    def value(self):
        return self.avg_value

    @property
    def avg_value(self):
        vectors = np.array(self._vectors)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        half = len(vectors) // 2
        nearest = (vectors[half:] @ vectors[:half].T).argmax(axis=1)
        return {self._name: float(np.mean(np.array(self._numbers[:half])[nearest] == self._numbers[half:]))}

    def update(self, output, target):
        tokens = [array for array in output if array.ndim == 3][0]
        self._vectors.append(tokens[0].mean(axis=0))
        self._numbers += target

    def reset(self):
        self._vectors, self._numbers = [], []

    def get_attributes(self):
        return {self._name: {"direction": "higher-better", "type": "accuracy"}}


xml, vocabulary, pairs = sys.argv[1:4]
model_config = {"model_name": "encoder", "model": xml, "weights": xml.replace("xml", "bin")}
engine_config = {"device": "CPU"}
algorithms = [
    {
        "name": "DefaultQuantization",
        "params": {
            "target_device": "CPU",
            "model_type": "transformer",
            "preset": "performance",
            "stat_subset_size": 60,
        },
    }
]
data_loader = TextLoader({"data_source": pairs, "vocabulary": vocabulary})
model = load_model(model_config=model_config)
engine = IEEngine(config=engine_config, data_loader=data_loader, metric=Retrieval())
pipeline = create_pipeline(algorithms, engine)
before = pipeline.evaluate(model)
compressed_model = pipeline.run(model=model)
compress_model_weights(compressed_model)
compressed_model_paths = save_model(
    model=compressed_model, save_path=os.path.join(os.path.curdir, "model"), model_name="encoder_int8"
)
after = pipeline.evaluate(compressed_model)
