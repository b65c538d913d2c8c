"""From folders of lesion images to a run directory: data, split, training, calibration, evaluation."""
