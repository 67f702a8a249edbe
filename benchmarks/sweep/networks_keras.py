"""Architectures of Keras, converted to TFLite: channels last, batch norms folded, activations fused by its converter."""
from functools import partial

import numpy as np
from network import Network, images

APPLICATIONS = ["MobileNetV2", "MobileNetV3Small", "EfficientNetB0", "ResNet50V2", "DenseNet121", "NASNetMobile"]


def application(name):
    import tensorflow as tf
    extra = {"alpha": 0.5} if name == "MobileNetV2" else {}
    return getattr(tf.keras.applications, name)(weights=None, classes=20, input_shape=(64, 64, 3), classifier_activation=None, **extra)


def unet():
    import tensorflow as tf
    layers = tf.keras.layers
    x = start = layers.Input((64, 64, 3))
    skips = []
    for width in (16, 32, 64):
        x = layers.SeparableConv2D(width, 3, padding="same", activation="relu")(x)
        x = layers.BatchNormalization()(layers.Conv2D(width, 3, padding="same")(x))
        skips.append(x := layers.Activation("relu6")(x))
        x = layers.MaxPooling2D()(x)
    for width, skip in zip((64, 32, 16), reversed(skips), strict=True):
        x = layers.Concatenate()([layers.Conv2DTranspose(width, 3, 2, "same")(x), skip])
        x = layers.BatchNormalization()(layers.Conv2D(width, 3, padding="same", activation="relu")(x))
    return tf.keras.Model(start, layers.Conv2D(4, 1)(x))


def spotter():
    import tensorflow as tf
    layers = tf.keras.layers
    return tf.keras.Sequential([
        layers.Input((64, 64, 1)), layers.Conv2D(32, (10, 4), 2, "same", activation="relu"), layers.BatchNormalization(),
        *(layer for _ in range(3) for layer in (layers.DepthwiseConv2D(3, padding="same"), layers.BatchNormalization(), layers.ReLU(),
                                                layers.Conv2D(32, 1), layers.BatchNormalization(), layers.ReLU())),
        layers.GlobalAveragePooling2D(), layers.Dense(12)])


def channels_last(sample):
    return lambda rng, number: [np.ascontiguousarray(array.transpose(0, 2, 3, 1)) for array in sample(rng, number)]


NETWORKS = [
    *(Network(f"keras/{name}:tflite", partial(application, name), channels_last(images()), "tflite") for name in APPLICATIONS),
    Network("keras/unet:tflite", unet, channels_last(images()), "tflite"),
    Network("keras/keyword_spotter:tflite", spotter, channels_last(images(64, channels=1)), "tflite"),
]
