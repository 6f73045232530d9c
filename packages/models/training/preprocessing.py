"""What becomes of a picture's pixels before a network sees them."""

SIZE = 128
MEAN = 0.5
STD = 0.25

PREPROCESSOR_CONFIG = {
    "do_resize": True,
    "size": {"height": SIZE, "width": SIZE},
    "resample": 2,
    "do_center_crop": False,
    "do_rescale": True,
    "rescale_factor": 1 / 255,
    "do_normalize": True,
    "image_mean": [MEAN] * 3,
    "image_std": [STD] * 3,
}
"""As Hugging Face's image processors have it; resample 2 is bilinear."""


def normalize(pixels):
    """Values 0 to 255 to those that networks take; for arrays and tensors."""
    return (pixels / 255 - MEAN) / STD
