"""openpot: post-training quantization for OpenVINO models."""
