"""Part D: what data sets do."""

from __future__ import annotations

import random
import time
from itertools import islice

import numpy as np

from .cases import FAILED, Ending, case
from .toys import SHAPE, Lazy, changed, network, samples


def put(value):
    def change(sample):
        sample[0, 0, 0, 0] = value

    return change


@case("D01", "one NaN sample of 8", "sample 3", "data", "nan")
def one_nan(tool, folder):
    return tool.quantize(network(), changed(change=put(np.nan)))


@case("D02", "all samples NaN", "sample", "data", "nan", must_end="refused")
def all_nan(tool, folder):
    return tool.quantize(network(), [np.full_like(sample, np.nan) for sample in samples()])


@case("D03", "one Inf sample", "sample 3", "inf", must_end="refused")
def one_inf(tool, folder):
    return tool.quantize(network(), changed(change=put(np.inf)))


@case("D04", "one outlier of 1e30", "sample 3", "data")
def outlier(tool, folder):
    return tool.quantize(network(), changed(change=put(1e30)))


@case("D05", "all samples zero", "constant|all samples|zero", must_end="refused")
def zeros(tool, folder):
    return tool.quantize(network(), [np.zeros_like(sample) for sample in samples()])


@case("D06", "all samples constant 5.0", "constant", must_end="refused")
def constant(tool, folder):
    return tool.quantize(network(), [np.full_like(sample, 5) for sample in samples()])


@case("D07", "denormal samples", "constant|denormal|small", must_end="refused")
def denormal(tool, folder):
    return tool.quantize(network(), [(sample * 1e-41).astype(np.float32) for sample in samples()])


@case("D08", "empty data set", "empty|at least one", must_end="refused")
def empty(tool, folder):
    return tool.quantize(network(), [])


@case("D09", "wrong name of an input", "nope", "data", must_end="refused")
def wrong_name(tool, folder):
    return tool.quantize(network(), [{"nope": sample} for sample in samples()])


@case("D10", "wrong shape", "sample ", "data", "16", "12", must_end="refused")
def wrong_shape(tool, folder):
    return tool.quantize(network(), samples(shape=(3, 12, 12)))


@case("D11", "uint8 for an input of real numbers", "uint8", "data")
def uint8(tool, folder):
    float_model = network()
    made = tool.quantize(float_model, [(sample * 20 + 128).clip(0, 255).astype(np.uint8) for sample in samples()])
    del made
    return Ending("done")  # ranges of bytes are far from those of the test inputs: what counts is the warning


@case("D12", "the loader yields None", "sample ", "none", must_end="refused")
def nothing(tool, folder):
    return tool.quantize(network(), Lazy(lambda number: None))


@case("D13", "the loader yields {}", "sample ", "no data|empty", must_end="refused")
def empty_dict(tool, folder):
    return tool.quantize(network(), Lazy(lambda number: {}))


@case("D14", "pairs of sample and label", must_end="done")
def pairs(tool, folder):
    return tool.quantize(network(), [(sample, 1) for sample in samples()])


@case("D15", "the loader raises at sample 3", "sample 3", "broken file", must_end="refused")
def loader_raises(tool, folder):
    made = samples()

    def load(number):
        if number == 3:
            raise OSError("broken file")
        return made[number]

    return tool.quantize(network(), Lazy(load))


@case("D16", "fewer samples than asked for", must_end="done")
def fewer(tool, folder):
    return tool.quantize(network(), samples(), subset_size=300)


@case("D17", "subset size 0", "subset", must_end="refused")
def subset_zero(tool, folder):
    return tool.quantize(network(), samples(), subset_size=0)


@case("D18", "subset size -5", "subset", must_end="refused")
def subset_negative(tool, folder):
    return tool.quantize(network(), samples(), subset_size=-5)


@case("D19", "a generator that can be read once", must_end="done")
def generator(tool, folder):
    return tool.quantize(network(), (sample for sample in samples()))


@case("D20", "batches of 2 for a model of batch 1", "sample ", "2", must_end="refused")
def batch_of_two(tool, folder):
    return tool.quantize(network(), [np.concatenate([sample, sample]) for sample in samples()])


@case("D21", "batches of 4, 4 and 1 for a dynamic batch", must_end="done")
def dynamic_batch(tool, folder):
    made = samples(9)
    batches = [np.concatenate(made[:4]), np.concatenate(made[4:8]), made[8]]
    return tool.quantize(network(batch=-1), batches), network(batch=-1)


@case("D22", "a single sample", "one sample|1 sample")
def single(tool, folder):
    tool.quantize(network(), samples(1))  # ranges of one sample are far off for others: what counts is the warning


@case("D23", "eight equal samples", "equal|the same")
def equal(tool, folder):
    tool.quantize(network(), samples(1) * 8)


@case("D24", "NaN in a sample that does not calibrate", "sample", "nan|failed", must_end="done")
def nan_later(tool, folder):
    """The finished model must not be thrown away for a sample that only the report reads."""
    calibrating = {*random.Random(0).sample(range(12), 6)} if tool.NAME == "openpot" else {*range(6)}
    made = [sample if number in calibrating else np.full_like(sample, np.nan) for number, sample in enumerate(samples(12))]
    return tool.quantize(network(), made, subset_size=6)


@case("D25", "100,000,000 samples that are made when asked for", must_end="done", quick=False)
def very_many(tool, folder):
    made = samples(8)
    return tool.quantize(network(), Lazy(lambda number: made[number % 8], 100_000_000), subset_size=8)


@case("D26", "no memory for sample 3", "sample 3", "memory", must_end="refused")
def no_memory(tool, folder):
    made = samples()

    def load(number):
        if number == 3:
            raise MemoryError
        return made[number]

    return tool.quantize(network(), Lazy(load))


@case("D27", "arrays of objects", "sample ", "object|array", must_end="refused")
def objects(tool, folder):
    return tool.quantize(network(), [np.array([None, "x"], dtype=object)] * 8)


@case("D28", "texts instead of arrays", "sample ", must_end="refused")
def texts(tool, folder):
    return tool.quantize(network(), ["cat.jpg", "dog.jpg"] * 4)


@case("D29", "a later sample has another shape", "sample ", "shape|expected", must_end="refused")
def other_shape(tool, folder):
    return tool.quantize(network(), [*samples(5), *samples(3, shape=(3, 12, 12))])


@case("D30", "len() promises more samples than there are", "sample", "index", must_end="refused")
def too_long(tool, folder):
    made = samples(4)

    class Promises(Lazy):
        def __len__(self):
            return 8

    return tool.quantize(network(), Promises(lambda number: made[number], 4))


@case("D31", "__len__ returns -1", "len", must_end="refused")
def negative_length(tool, folder):
    class Negative(Lazy):
        def __len__(self):
            return -1

    return tool.quantize(network(), Negative(lambda number: samples()[0]))


@case("D32", "__len__ returns text", "len", must_end="refused")
def text_length(tool, folder):
    class Text(Lazy):
        def __len__(self):
            return "8"

    return tool.quantize(network(), Text(lambda number: samples()[0]))


@case("D33", "a loader that hangs at sample 3", "sample 3", "s", seconds=20, quick=False, only="openpot")
def hangs(tool, folder):
    made = samples()

    def load(number):
        if number == 3:
            time.sleep(3600)
        return made[number]

    return tool.quantize(network(), Lazy(load), sample_timeout=2.0)


@case("D34", "an endless generator", must_end="done", quick=False, seconds=30)
def endless(tool, folder):
    def make():
        while True:
            yield from samples()

    return tool.quantize(network(), islice(make(), 10_000), subset_size=16)
