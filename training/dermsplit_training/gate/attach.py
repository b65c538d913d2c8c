"""The gate and the calibration by domain, laid on the trained network: its second output and its calibrated logits."""

from typing import Any

import keras
import numpy as np

from dermsplit_training.gate.calibrate import DomainCalibration
from dermsplit_training.gate.distances import NEITHER, fixed_dense
from dermsplit_training.gate.layers import Known, lay_gate
from dermsplit_training.networks.network import JOINED, LOGITS

CALIBRATED = "calibrated_logits"
DOMAINS = "domains"


def attach_gate(
    network: keras.Model, crossing: Any, gate: keras.Model, known: Known, calibration: DomainCalibration
) -> keras.Model:
    """The network with two outputs: logits float32 [N, C], calibrated, and domain probabilities float32 [N, 3].

    ``crossing`` is what the gate looks at, the network's own, symbolic [N, ...]. The weights of ``gate`` are carried by
    name; the network's own layers are shared. The slope and shift of a row are the gate's mix of the two
    domains', neither left out of account. The whole is of stock layers and stays flat.
    """
    said = lay_gate(crossing, known)
    logits = _calibrated(network.get_layer(LOGITS).output, said, calibration)
    domains = keras.layers.Softmax(dtype="float32", name=DOMAINS)(said)
    gated = keras.Model(network.inputs, [logits, domains], name=network.name)
    for layer in gate.layers:
        if layer.weights:
            gated.get_layer(layer.name).set_weights(layer.get_weights())
    return gated


def without_gate(network: keras.Model) -> keras.Model:
    """The network up to its own logits, of the same layers; what comes behind them, gate and calibration, is left."""
    logits = network.get_layer(LOGITS).output
    metadata_is_joined = JOINED in {layer.name for layer in network.layers}
    inputs = network.inputs if metadata_is_joined else network.inputs[0]
    return keras.Model(inputs, logits, name=network.name)


def _calibrated(logits: Any, said: Any, calibration: DomainCalibration) -> Any:
    two = fixed_dense(said, np.delete(np.eye(3, dtype=np.float32), NEITHER, axis=1), None, "domains_but_neither")
    shares = keras.layers.Softmax(dtype="float32", name="domain_shares")(two)
    slopes, offsets = (one.astype(np.float32) for one in (calibration.slopes, calibration.offsets))
    slope = fixed_dense(shares, slopes[:, None], None, "domain_slope")
    shift = fixed_dense(shares, offsets, None, "domain_shift")
    scaled = keras.layers.Multiply(dtype="float32", name="domain_scaled")([logits, slope])
    return keras.layers.Add(dtype="float32", name=CALIBRATED)([scaled, shift])
