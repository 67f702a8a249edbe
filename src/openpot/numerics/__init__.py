"""Arithmetic of quantization on plain arrays: no model, no files, no OpenVINO."""
