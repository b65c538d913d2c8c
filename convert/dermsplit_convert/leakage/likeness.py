"""How alike two pictures are, and two baselines that need no features: without them smooth skin flatters an attack."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dermsplit_contract.measures import Interval, RebuiltResult
from dermsplit_convert.bench.auc import draw_groups

Floats = NDArray[np.float32]

WINDOW = 11
"""Pixels of the Gaussian window of SSIM; no scale of MS-SSIM is smaller."""

SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001)
"""The first three of the five of Wang, Simoncelli and Bovik 2003: 80 pixels cannot be halved more often."""

MEAN_PICTURE, NEAREST_PICTURE = "mean_picture", "nearest_picture"
BATCH = 64


@dataclass(frozen=True)
class Likeness:
    """PSNR in dB, SSIM and MS-SSIM of each of N pictures with its photo: float64 [N] each."""

    psnr: NDArray[np.float64]
    ssim: NDArray[np.float64]
    ms_ssim: NDArray[np.float64]


def compare(rebuilt: Floats, photos: Floats) -> Likeness:
    """Compare pictures float32 [N, P, P, 3] in 0..1 pair by pair.

    PSNR of the pixels of all channels; SSIM of Wang et al. 2004, mean over channels; MS-SSIM of Wang, Simoncelli and
    Bovik 2003 over at most three scales, their weights brought to a sum of 1.
    """
    import tensorflow as tf

    side = photos.shape[1]
    weights = [weight for power, weight in enumerate(SCALE_WEIGHTS) if side >> power >= WINDOW]
    factors = tuple(weight / sum(weights) for weight in weights)
    error = np.square(rebuilt.astype(np.float64) - photos).mean(axis=(1, 2, 3))
    psnr = 10.0 * np.log10(1.0 / np.maximum(error, 1e-10))
    parts = []
    for start in range(0, len(photos), BATCH):
        pair = tf.constant(rebuilt[start : start + BATCH]), tf.constant(photos[start : start + BATCH])
        several = tf.image.ssim_multiscale(*pair, 1.0, power_factors=factors, filter_size=WINDOW)
        parts.append(np.stack([tf.image.ssim(*pair, 1.0, filter_size=WINDOW), several]))
    ssim, ms_ssim = np.concatenate(parts, axis=1).astype(np.float64)
    return Likeness(psnr, ssim, ms_ssim)


def result(name: str, baseline: bool, likeness: Likeness, groups: NDArray[np.str_]) -> RebuiltResult:
    """The means with their intervals, over whole groups, str [N]."""
    drawn = draw_groups(groups)
    psnr, ssim, ms_ssim = (mean_interval(one, drawn) for one in (likeness.psnr, likeness.ssim, likeness.ms_ssim))
    return RebuiltResult(name=name, baseline=baseline, psnr=psnr, ssim=ssim, ms_ssim=ms_ssim)


def mean_interval(values: NDArray[np.float64], drawn: NDArray[np.float64]) -> Interval:
    """The mean of values [N], and the 2.5th and 97.5th percentile over draws [R, N] of how often each counts."""
    low, high = np.percentile(drawn @ values / drawn.sum(axis=1), [2.5, 97.5])
    return Interval(value=float(values.mean()), low=float(low), high=float(high))


def baselines(training: Floats, photos: Floats) -> dict[str, Floats]:
    """For each photo float32 [N, P, P, 3]: the mean training picture, and the one that is nearest to the photo.

    The nearest, by squared difference, is chosen with the answer in hand: no attacker could choose so well.
    """
    flat, wanted = training.reshape(len(training), -1), photos.reshape(len(photos), -1)
    distance = np.square(flat).sum(axis=1) - 2.0 * wanted @ flat.T
    mean = np.broadcast_to(training.mean(axis=0), photos.shape).astype(np.float32)
    return {MEAN_PICTURE: mean, NEAREST_PICTURE: training[distance.argmin(axis=1)]}
