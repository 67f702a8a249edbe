"""Architectures of timm: convolutional ones of many designs, transformers, and mixtures of both."""
from functools import partial

from network import Network, images, images_of_sizes

CONVOLUTIONAL = ["resnet26d", "resnetv2_50", "legacy_seresnet18", "skresnet18", "ecaresnet26t", "res2net50_26w_4s",
                 "resnest14d", "dpn68", "hrnet_w18_small", "dla46_c", "ese_vovnet19b_dw", "selecsls42b", "cspresnet50", "ghostnet_100",
                 "tinynet_e", "lcnet_050", "fbnetc_100", "mixnet_s", "mobilenetv4_conv_small", "mobileone_s0", "repvgg_a0",
                 "tf_efficientnet_b0", "tf_efficientnet_lite0", "rexnet_100", "nf_regnet_b0", "gernet_s", "hgnetv2_b0", "repvit_m0_9",
                 "starnet_s1", "xception41", "convnextv2_atto", "inception_next_atto", "mambaout_femto", "gcresnet33ts"]
MIXED = ["efficientvit_b0", "efficientformerv2_s0", "edgenext_xx_small", "fastvit_t8", "mobilevit_xxs", "mobilevitv2_050",
         "poolformerv2_s12", "botnet26t_256", "lambda_resnet26t", "halonet26t"]
TRANSFORMERS = {"vit_tiny_patch16_224": {"depth": 4}, "deit_tiny_distilled_patch16_224": {"depth": 4}, "cait_xxs24_224": {"depth": 4},
                "xcit_nano_12_p16_224": {"depth": 4}, "mixer_s16_224": {"num_blocks": 4}, "gmlp_s16_224": {"num_blocks": 4},
                "resmlp_12_224": {"num_blocks": 4}, "convit_tiny": {"depth": 4}, "beit_base_patch16_224": {"depth": 3, "embed_dim": 192, "num_heads": 3},
                "eva02_tiny_patch14_224": {"depth": 4, "patch_size": 8}, "pit_ti_224": {}, "pvt_v2_b0": {}, "twins_svt_small": {},
                "levit_128s": {}, "coat_lite_tiny": {}, "visformer_tiny": {}, "sequencer2d_s": {"layers": (2, 2, 2, 2), "embed_dims": (48, 96, 96, 96)},
                "volo_d1_224": {"layers": (2, 2, 2, 2), "embed_dims": (48, 96, 96, 96), "num_heads": (3, 6, 6, 6)}}
TAKES_NO_SIZE = {"poolformerv2_s12", "pvt_v2_b0", "twins_svt_small", "coat_lite_tiny", "sequencer2d_s", "xcit_nano_12_p16_224", "efficientvit_b0",
                 "edgenext_xx_small", "fastvit_t8", "mobilevit_xxs", "mobilevitv2_050", "botnet26t_256", "lambda_resnet26t", "halonet26t"}


def built(name, size, options):
    import torchvision_operations  # noqa: F401, I001  timm imports torchvision
    import timm
    own = options if name in TAKES_NO_SIZE or name in CONVOLUTIONAL else {"img_size": size, **options}
    return timm.create_model(name, pretrained=False, num_classes=20, **own)


def size_of(name):
    return 128 if name in ("botnet26t_256", "lambda_resnet26t", "halonet26t", "fastvit_t8") else 64


NETWORKS = [
    *(Network(f"timm/{name}", partial(built, name, size_of(name), {}), images(size_of(name))) for name in (*CONVOLUTIONAL, *MIXED)),
    *(Network(f"timm/{name}", partial(built, name, 64, options), images(64)) for name, options in TRANSFORMERS.items()),
    *(Network(f"timm/{name}:dynamic", partial(built, name, 64, {}), images_of_sizes(64, 96), dynamic=((0, 2, 3),)) for name in
      ("mobilevit_xxs", "resnest14d", "ghostnet_100")),
    *(Network(f"timm/{name}:onnx", partial(built, name, 64, {}), images(), "onnx") for name in ("repvgg_a0", "edgenext_xx_small", "res2net50_26w_4s")),
]
