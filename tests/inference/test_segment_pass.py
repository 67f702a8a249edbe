import numpy as np

from compressible_models import language_model, token_samples
from openpot.graph.segments import cut_model
from openpot.inference.segment_pass import run_segment


def run_first(samples):
    cut = cut_model(language_model(), {"up"})
    known = [{cut.inputs[0]: sample} for sample in samples]
    run_segment(cut.segments[0], known)
    return [tensors[cut.segments[0].outputs[0]] for tensors in known]


def test_each_sample_gets_its_own_tensors():
    samples = token_samples(5)
    together = run_first(samples)
    assert [one.shape for one in together] == [(1, 12, 64)] * 5
    for sample, given in zip(samples, together, strict=True):
        assert np.array_equal(run_first([sample])[0], given)
