"""Architectures of torchvision: classification, segmentation, detection, optical flow, video."""
from functools import partial

from network import Network, images, images_of_sizes, joined, volumes

CLASSIFIERS = ["resnet18", "resnet50", "resnext50_32x4d", "squeezenet1_1", "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large",
               "shufflenet_v2_x0_5", "shufflenet_v2_x1_0", "mnasnet0_5", "efficientnet_b0", "regnet_x_400mf", "regnet_y_400mf",
               "densenet121", "googlenet", "inception_v3"]
SMALL = {"min_size": 96, "max_size": 96}
DETECTORS = {"ssdlite320_mobilenet_v3_large": {"score_thresh": 0.05}, "fasterrcnn_mobilenet_v3_large_320_fpn": {**SMALL, "box_score_thresh": 0.0},
             "retinanet_resnet50_fpn": {**SMALL, "score_thresh": 0.0}, "fcos_resnet50_fpn": {**SMALL, "score_thresh": 0.0}}


def classifier(name, **options):
    import torchvision_operations  # noqa: F401
    from torchvision import models
    extra = {"aux_logits": False, "init_weights": False} if name in ("googlenet", "inception_v3") else {}
    return models.get_model(name, weights=None, num_classes=20, **extra, **options)


def vgg11():
    import torchvision_operations  # noqa: F401
    from torch import nn
    from torchvision.models import vgg11_bn
    net = vgg11_bn(weights=None)
    return nn.Sequential(net.features, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 20))


def vision_transformer():
    import torchvision_operations  # noqa: F401
    from torchvision.models.vision_transformer import VisionTransformer
    return VisionTransformer(64, 8, num_layers=4, num_heads=4, hidden_dim=128, mlp_dim=256, num_classes=20)


def swin(version):
    import torchvision_operations  # noqa: F401
    from torchvision.models import swin_transformer
    block = swin_transformer.SwinTransformerBlockV2 if version == 2 else swin_transformer.SwinTransformerBlock
    merge = swin_transformer.PatchMergingV2 if version == 2 else swin_transformer.PatchMerging
    return swin_transformer.SwinTransformer([4, 4], 48, [2, 2, 2], [3, 6, 12], [4, 4], num_classes=20, block=block, downsample_layer=merge)


def convnext():
    import torchvision_operations  # noqa: F401
    from torchvision.models.convnext import CNBlockConfig, ConvNeXt
    return ConvNeXt([CNBlockConfig(48, 96, 2), CNBlockConfig(96, 192, 2), CNBlockConfig(192, None, 3)], num_classes=20)


def maxvit():
    import torchvision_operations  # noqa: F401
    from torchvision.models.maxvit import MaxVit
    return MaxVit((64, 64), 32, 4, [32, 64], [2, 2], 16, 0.0, num_classes=20)


def segmenter(name):
    import torchvision_operations  # noqa: F401
    from torch import nn
    from torchvision import models

    class Map(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = models.get_model(name, weights=None, weights_backbone=None, num_classes=6)

        def forward(self, x):
            return self.net(x)["out"]
    return Map()


def detector(name):
    import torchvision_operations  # noqa: F401
    from torch import nn
    from torchvision import models

    class Boxes(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = models.get_model(name, weights=None, weights_backbone=None, num_classes=5, **DETECTORS[name])

        def forward(self, x):
            found = self.net([*x])
            if self.net.backbone.training or any(m.training for m in self.net.modules()):
                return None  # norms are being settled
            return found[0]["boxes"], found[0]["scores"], found[0]["labels"]
    return Boxes()


def video(name):
    import torchvision_operations  # noqa: F401
    from torchvision import models
    return models.get_model(name, weights=None, num_classes=20)


def raft():
    import torchvision_operations  # noqa: F401
    from torch import nn
    from torchvision import models

    class Flow(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = models.optical_flow.raft_small(weights=None)

        def forward(self, first, second):
            return self.net(first, second, num_flow_updates=3)[-1]
    return Flow()


NETWORKS = [
    *(Network(f"torchvision/{name}", partial(classifier, name), images(96 if name == "inception_v3" else 64)) for name in CLASSIFIERS),
    Network("torchvision/vgg11", vgg11, images()),
    Network("torchvision/vit", vision_transformer, images()),
    Network("torchvision/swin", partial(swin, 1), images()),
    Network("torchvision/swin_v2", partial(swin, 2), images()),
    Network("torchvision/convnext", convnext, images()),
    Network("torchvision/maxvit", maxvit, images()),
    *(Network(f"torchvision/{name}", partial(segmenter, name), images()) for name in
      ("lraspp_mobilenet_v3_large", "deeplabv3_mobilenet_v3_large", "fcn_resnet50")),
    *(Network(f"torchvision/{name}", partial(detector, name), images(96)) for name in DETECTORS),
    Network("torchvision/r3d_18", partial(video, "r3d_18"), volumes(3, 8, 48, 48)),
    Network("torchvision/mc3_18", partial(video, "mc3_18"), volumes(3, 8, 48, 48)),
    Network("torchvision/raft_small", raft, joined(images(128), images(128))),
    *(Network(f"torchvision/{name}:dynamic", partial(classifier, name), images_of_sizes(64, 80), dynamic=((0, 2, 3),)) for name in
      ("resnet18", "mobilenet_v2", "squeezenet1_1", "shufflenet_v2_x0_5")),
    *(Network(f"torchvision/{name}:onnx", partial(classifier, name), images(), "onnx") for name in
      ("resnet18", "mobilenet_v3_small", "densenet121", "efficientnet_b0")),
    Network("torchvision/regnet_y_400mf:onnx-dynamic", partial(classifier, "regnet_y_400mf"), images(), "onnx", ((0,),)),
]
