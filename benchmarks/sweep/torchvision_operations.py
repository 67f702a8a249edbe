"""torchvision beside a CPU build of torch: import this first.

The compiled part of the wheels on PyPI links CUDA and does not load there. The operations of it that networks need are
then defined here in Python, under the names that OpenVINO's front end knows.
"""
import os

os.environ["TORCHDYNAMO_DISABLE"] = "1"  # torchvision compiles its own substitute, which cannot be traced

import numpy as np  # noqa: E402
import torch  # noqa: E402

SIGNATURES = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",  # torchvision refers to its name only
    "roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width, int sampling_ratio, bool aligned) -> Tensor",
)


def nms(dets, scores, iou_threshold):
    boxes, order, kept = dets.detach().numpy(), np.argsort(-scores.detach().numpy(), kind="stable"), []
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    while len(order):
        first, rest = order[0], order[1:]
        kept.append(first)
        low = np.maximum(boxes[first, :2], boxes[rest, :2])
        high = np.minimum(boxes[first, 2:], boxes[rest, 2:])
        common = (high - low).clip(min=0).prod(1)
        order = rest[common <= iou_threshold * (areas[first] + areas[rest] - common)]
    return torch.tensor(kept, dtype=torch.int64)


def roi_align(features, rois, spatial_scale, pooled_height, pooled_width, sampling_ratio, aligned):
    from torchvision.ops.roi_align import _roi_align
    return _roi_align(features, rois, spatial_scale, pooled_height, pooled_width, sampling_ratio, aligned)


def has_operations() -> bool:
    return True


if torch.version.cuda is None:
    library = torch.library.Library("torchvision", "DEF")
    for signature in SIGNATURES:
        library.define(signature)
    library.impl("nms", nms, "CPU")
    library.impl("roi_align", roi_align, "CPU")
    import torchvision
    torchvision.extension._has_ops = has_operations
