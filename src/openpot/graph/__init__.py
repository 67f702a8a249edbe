"""The only folder that reads and changes OpenVINO models."""
