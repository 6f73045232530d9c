"""Random changes to batches of pictures, on top of those that scenes are drawn with."""

import torch
from torch import Tensor
from torch.nn import functional as F


class Augmentation:
    """Moves, stretches, tints and partly covers pictures; the same seed changes the same batches alike."""

    def __init__(self, seed: int, device: torch.device, strength: float = 1) -> None:
        """Strength 1 is as much as can be told apart still; less is less of everything, and rarer."""
        self._random = torch.Generator(device).manual_seed(seed)
        self._device = device
        self._strength = strength

    def __call__(self, pictures: Tensor, size: int) -> Tensor:
        """Pictures [n, 3, h, w] from 0 to 1 to [n, 3, size, size] from 0 to 1."""
        return self._cover(self._tint(self._move(pictures, size)))

    def _uniform(self, low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(shape, generator=self._random, device=self._device)

    def _around(self, middle: float, reach: float, *shape: int) -> Tensor:
        reach *= self._strength
        return self._uniform(middle - reach, middle + reach, *shape)

    def _chance(self, probability: float, *shape: int) -> Tensor:
        return self._uniform(0, 1, *shape) < probability

    def _rarely(self, probability: float, *shape: int) -> Tensor:
        return self._chance(self._strength * probability, *shape)

    def _move(self, x: Tensor, size: int) -> Tensor:
        """Turns by up to 17 degrees, slants, stretches, mirrors, shifts and warps: drawings of one thing differ in shape."""
        n = len(x)
        angle, slant = self._around(0, 0.3, n), self._around(0, 0.2, n)
        width, height = self._around(0.95, 0.25, n), self._around(0.95, 0.25, n)
        mirror = torch.where(self._chance(0.5, n), -1.0, 1.0)
        shift = self._around(0, 0.15, n, 2)
        cos, sin = angle.cos(), angle.sin()
        # the point of the picture that every point of the result is taken from
        across = torch.stack([mirror * width * cos, slant - height * sin, shift[:, 0]], 1)
        down = torch.stack([mirror * width * sin, height * cos, shift[:, 1]], 1)
        grid = F.affine_grid(torch.stack([across, down], 1), [n, 3, size, size], align_corners=False)
        warp = F.interpolate(self._around(0, 0.1, n, 2, 6, 6), size=(size, size), mode="bilinear")
        return F.grid_sample(x, grid.add_(warp.permute(0, 2, 3, 1)), padding_mode="reflection", align_corners=False)

    def _tint(self, x: Tensor) -> Tensor:
        """Mixes the channels anew and changes contrast and brightness; some become gray or negative."""
        n, _, height, width = x.shape
        x = x.flatten(2)
        mean = x.mean(2, keepdim=True)
        mixture = torch.eye(3, device=self._device) + self._around(0, 0.3, n, 3, 3)
        # some get their channels in another order
        order = self._uniform(0, 1, n, 3).argsort(1)[..., None].expand(n, 3, 3)
        mixture = torch.where(self._rarely(0.15, n, 1, 1), mixture.gather(1, order), mixture)
        mixture = torch.where(self._rarely(0.15, n, 1, 1), 1 / 3, mixture) * self._around(1, 0.4, n, 1, 1)
        offset = mean - mixture @ mean + self._around(0, 0.15, n, 1, 1)
        negative = self._rarely(0.05, n, 1, 1)
        mixture, offset = torch.where(negative, -mixture, mixture), torch.where(negative, 1 - offset, offset)
        return torch.baddbmm(offset, mixture, x).clamp_(0, 1).view(n, 3, height, width)

    def _cover(self, x: Tensor) -> Tensor:
        """Lays a rectangle of one color over three in ten pictures."""
        n, _, size, _ = x.shape
        ends = self._uniform(0, size, n, 2)
        extent = self._uniform(0.1, 0.4, n, 2) * size
        color = self._uniform(0, 1, n, 3, 1, 1)
        corners = torch.stack([ends - extent / 2, ends + extent / 2], 2).clamp(0, size).int().tolist()
        for i in self._rarely(0.3, n).nonzero().flatten().tolist():
            (top, bottom), (left, right) = corners[i]
            x[i, :, top:bottom, left:right] = color[i]
        return x
