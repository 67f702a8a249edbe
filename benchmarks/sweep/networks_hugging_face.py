"""Architectures of transformers, small ones made from their configurations; nothing is loaded."""
from functools import partial

from network import Network, images, joined, signals, tokens, vectors

WORDS = 500
TEXT = {"hidden_size": 96, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 192, "vocab_size": WORDS, "max_position_embeddings": 64}
PICTURE = {"hidden_size": 96, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 192, "image_size": 64, "patch_size": 8}
ENCODER = {"encoder_layers": 2, "encoder_attention_heads": 4, "encoder_ffn_dim": 192, "d_model": 96}
DECODER = {"decoder_layers": 2, "decoder_attention_heads": 4, "decoder_ffn_dim": 192}
IDS, IDS_AND_MASK, PIXELS = ("input_ids",), ("input_ids", "attention_mask"), ("pixel_values",)


def built(config, model, inputs, outputs, options):
    """A model whose inputs and outputs are in order."""
    import torch
    import torchvision_operations  # noqa: F401  transformers imports torchvision
    import transformers

    class Ordered(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = getattr(transformers, model)(getattr(transformers, config)(**options))

        def forward(self, *arrays):
            answer = self.net(**dict(zip(inputs, arrays, strict=True)), return_dict=True)
            found = tuple(answer[key] for key in outputs)
            return found if len(found) > 1 else found[0]
    return Ordered()


def named(name, config, model, inputs, outputs, options, sample, **more):
    return Network(f"transformers/{name}", partial(built, config, model, inputs, outputs, options), sample, **more)


HIDDEN, LOGITS = ("last_hidden_state",), ("logits",)
READER, WRITER = tokens(32, WORDS), tokens(32, WORDS, mask=False)
ROTARY = {**TEXT, "num_key_value_heads": 2, "use_cache": False}
NO_CACHE = {"use_cache": False}
GPT2 = {"n_embd": 96, "n_layer": 3, "n_head": 4, "vocab_size": WORDS, "n_positions": 64, **NO_CACHE}
SPEECH = {"hidden_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 192, "conv_dim": (32, 32, 32), "conv_kernel": (10, 3, 3),
          "conv_stride": (5, 2, 2), "num_feat_extract_layers": 3, "num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 4, "vocab_size": 32}
CLIP = {"text_config": {**TEXT, "eos_token_id": 2}, "vision_config": PICTURE, "projection_dim": 64}
SEGFORMER = {"hidden_sizes": [16, 32, 64, 96], "depths": [1, 1, 1, 1], "num_attention_heads": [1, 2, 2, 4], "decoder_hidden_size": 64, "num_labels": 6}
PLAIN_RESNET = {"embedding_size": 16, "hidden_sizes": [16, 32, 64, 64], "depths": [1, 1, 1, 1], "out_features": ["stage4"]}

NETWORKS = [
    named("bert", "BertConfig", "BertForSequenceClassification", IDS_AND_MASK, LOGITS, TEXT, READER),
    named("bert:dynamic", "BertConfig", "BertModel", IDS_AND_MASK, HIDDEN, TEXT, READER, dynamic=((0, 1), (0, 1))),
    named("bert:onnx", "BertConfig", "BertForTokenClassification", IDS, LOGITS, {**TEXT, "attn_implementation": "eager"}, WRITER, front_end="onnx"),
    named("distilbert", "DistilBertConfig", "DistilBertModel", IDS_AND_MASK, HIDDEN, {"dim": 96, "n_layers": 3, "n_heads": 4, "hidden_dim": 192, "vocab_size": WORDS}, READER),
    named("albert", "AlbertConfig", "AlbertModel", IDS_AND_MASK, HIDDEN, {**TEXT, "embedding_size": 48}, READER),
    named("electra", "ElectraConfig", "ElectraForTokenClassification", IDS_AND_MASK, LOGITS, {**TEXT, "embedding_size": 48}, READER),
    named("roberta", "RobertaConfig", "RobertaForQuestionAnswering", IDS_AND_MASK, ("start_logits", "end_logits"), {**TEXT, "pad_token_id": 0}, READER),
    named("deberta_v2", "DebertaV2Config", "DebertaV2Model", IDS_AND_MASK, HIDDEN, {**TEXT, "relative_attention": True, "pos_att_type": ["p2c", "c2p"], "position_buckets": 16}, READER),
    named("mobilebert", "MobileBertConfig", "MobileBertModel", IDS_AND_MASK, HIDDEN, {"vocab_size": WORDS, "hidden_size": 128, "num_hidden_layers": 2, "intermediate_size": 128, "embedding_size": 64, "intra_bottleneck_size": 64, "true_hidden_size": 64}, READER),
    named("fnet", "FNetConfig", "FNetModel", IDS, HIDDEN, {**TEXT, "use_tpu_fourier_optimizations": False}, WRITER),
    named("gpt2", "GPT2Config", "GPT2LMHeadModel", IDS_AND_MASK, LOGITS, GPT2, READER),
    named("llama", "LlamaConfig", "LlamaForCausalLM", IDS_AND_MASK, LOGITS, ROTARY, READER),
    named("qwen3", "Qwen3Config", "Qwen3ForCausalLM", IDS_AND_MASK, LOGITS, {**ROTARY, "head_dim": 24}, READER),
    named("gemma", "GemmaConfig", "GemmaForCausalLM", IDS_AND_MASK, LOGITS, {**ROTARY, "head_dim": 24}, READER),
    named("gpt_neox", "GPTNeoXConfig", "GPTNeoXForCausalLM", IDS_AND_MASK, LOGITS, {**TEXT, **NO_CACHE}, READER),
    named("opt", "OPTConfig", "OPTForCausalLM", IDS, LOGITS, {"hidden_size": 96, "num_hidden_layers": 3, "num_attention_heads": 4, "ffn_dim": 192, "vocab_size": WORDS, "max_position_embeddings": 64, "word_embed_proj_dim": 96, **NO_CACHE}, WRITER),
    named("bloom", "BloomConfig", "BloomForCausalLM", IDS, LOGITS, {"hidden_size": 96, "n_layer": 3, "n_head": 4, "vocab_size": WORDS, **NO_CACHE}, WRITER),
    named("mamba", "MambaConfig", "MambaModel", IDS, HIDDEN, {"hidden_size": 64, "num_hidden_layers": 2, "vocab_size": WORDS, "state_size": 8, **NO_CACHE}, tokens(16, WORDS, mask=False)),
    named("t5_encoder", "T5Config", "T5EncoderModel", IDS_AND_MASK, HIDDEN, {"d_model": 96, "d_ff": 192, "d_kv": 24, "num_layers": 3, "num_heads": 4, "vocab_size": WORDS}, READER),
    named("t5", "T5Config", "T5ForConditionalGeneration", ("input_ids", "decoder_input_ids"), LOGITS, {"d_model": 96, "d_ff": 192, "d_kv": 24, "num_layers": 2, "num_heads": 4, "vocab_size": WORDS, **NO_CACHE}, joined(WRITER, tokens(16, WORDS, mask=False))),
    named("bart", "BartConfig", "BartModel", ("input_ids", "decoder_input_ids"), HIDDEN, {**ENCODER, **DECODER, "vocab_size": WORDS, "max_position_embeddings": 64, **NO_CACHE}, joined(WRITER, tokens(16, WORDS, mask=False))),
    named("whisper_encoder", "WhisperConfig", "WhisperForAudioClassification", ("input_features",), LOGITS, {**ENCODER, **DECODER, "num_mel_bins": 40, "max_source_positions": 64, "vocab_size": WORDS}, signals(40, 128)),
    named("wav2vec2", "Wav2Vec2Config", "Wav2Vec2ForCTC", ("input_values",), LOGITS, SPEECH, vectors(1, 2000)),
    named("hubert", "HubertConfig", "HubertModel", ("input_values",), HIDDEN, SPEECH, vectors(1, 2000)),
    named("ast", "ASTConfig", "ASTForAudioClassification", ("input_values",), LOGITS, {**{key: value for key, value in PICTURE.items() if key != "image_size"}, "num_mel_bins": 32, "max_length": 64, "num_labels": 10}, vectors(1, 64, 32)),
    named("clip", "CLIPConfig", "CLIPModel", ("input_ids", "pixel_values"), ("text_embeds", "image_embeds"), CLIP, joined(tokens(16, WORDS, mask=False), images())),
    named("vit", "ViTConfig", "ViTForImageClassification", PIXELS, LOGITS, PICTURE, images()),
    named("dinov2", "Dinov2Config", "Dinov2Model", PIXELS, HIDDEN, {**PICTURE, "mlp_ratio": 2}, images()),
    named("swin", "SwinConfig", "SwinForImageClassification", PIXELS, LOGITS, {"image_size": 64, "patch_size": 4, "embed_dim": 48, "depths": [2, 2], "num_heads": [3, 6], "window_size": 4}, images()),
    named("segformer", "SegformerConfig", "SegformerForSemanticSegmentation", PIXELS, LOGITS, SEGFORMER, images()),
    named("segformer:onnx", "SegformerConfig", "SegformerForSemanticSegmentation", PIXELS, LOGITS, SEGFORMER, images(), front_end="onnx"),
    named("yolos", "YolosConfig", "YolosForObjectDetection", PIXELS, ("logits", "pred_boxes"), {**PICTURE, "image_size": [64, 64], "num_detection_tokens": 12, "num_labels": 5}, images()),
    named("mobilenet_v1", "MobileNetV1Config", "MobileNetV1ForImageClassification", PIXELS, LOGITS, {"depth_multiplier": 0.5, "image_size": 64, "num_labels": 20}, images()),
    named("dpt", "DPTConfig", "DPTForDepthEstimation", PIXELS, ("predicted_depth",), {**PICTURE, "num_hidden_layers": 4, "backbone_out_indices": [0, 1, 2, 3], "neck_hidden_sizes": [16, 32, 48, 48], "fusion_hidden_size": 32}, images()),
    named("detr", "DetrConfig", "DetrForObjectDetection", PIXELS, ("logits", "pred_boxes"), {**ENCODER, **DECODER, "num_queries": 12, "num_labels": 5, "use_timm_backbone": False, "use_pretrained_backbone": False, "backbone_config": {"model_type": "resnet", **PLAIN_RESNET}}, images()),
    named("rt_detr", "RTDetrConfig", "RTDetrForObjectDetection", PIXELS, ("logits", "pred_boxes"), {"encoder_hidden_dim": 64, "encoder_in_channels": [32, 64, 64], "encoder_ffn_dim": 128, "d_model": 64, "decoder_in_channels": [64, 64, 64], "decoder_layers": 2, "decoder_ffn_dim": 128, "num_queries": 20, "num_labels": 5, "num_denoising": 0, "backbone_config": {"model_type": "rt_detr_resnet", "embedding_size": 16, "hidden_sizes": [16, 32, 64, 64], "depths": [1, 1, 1, 1], "layer_type": "basic", "out_features": ["stage2", "stage3", "stage4"]}}, images(128)),
]
