"""Accuracy-aware quantization as scripts for POT spelled it, with all the keys that they used."""

from openvino.tools.pot import IEEngine, create_pipeline, load_model, save_model


def optimize(model_config, loader, metric, output, maximal_drop):
    algorithms = [
        {
            "name": "AccuracyAwareQuantization",
            "params": {
                "target_device": "ANY",
                "preset": "performance",
                "stat_subset_size": 16,
                "maximal_drop": maximal_drop,
                "drop_type": "absolute",
                "max_iter_num": 30,
                "ranking_subset_size": 16,
                "metric_subset_ratio": 0.5,
                "use_prev_if_drop_increase": True,
                "base_algorithm": "DefaultQuantization",
                "convert_to_mixed_preset": False,
                "tune_hyperparams": False,
                "metrics": [{"name": "agreement"}],
            },
        }
    ]
    model = load_model(model_config)
    engine = IEEngine(config={"device": "CPU"}, data_loader=loader, metric=metric)
    pipeline = create_pipeline(algorithms, engine)
    original = pipeline.evaluate(model)
    compressed = pipeline.run(model)
    paths = save_model(compressed, str(output), model_name="accuracy_aware")
    return original, pipeline.evaluate(compressed), paths
