"""Scenes that `limn scenes` wrote, in memory."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image


@dataclass(frozen=True)
class Scenes:
    """n labeled pictures of c classes, and what is known of their objects."""

    settings: dict[str, object]
    """what they were drawn by"""
    licenses: list[dict[str, object]]
    """of the drawings: each with a title, an author, a name and the source's URL"""
    classes: tuple[str, ...]
    pixels: np.ndarray
    """[n, 3, size, size] uint8"""
    labels: np.ndarray
    """[n], from 0"""
    shares: np.ndarray
    """[n, c]: of the pixels that show objects, the share that shows those of each class"""
    instances: np.ndarray
    """[n]: objects of the labeled class"""
    others: np.ndarray
    """[n]: objects of other classes"""
    extents: np.ndarray
    """[n]: the longer side of the largest labeled object, as a share of the picture's"""

    def __len__(self) -> int:
        return len(self.labels)


def read_scenes(folder: Path) -> Scenes:
    document = json.loads((folder / "annotations.json").read_text())
    classes = tuple(category["name"] for category in document["categories"])
    class_of = {category["id"]: i for i, category in enumerate(document["categories"])}
    images = document["images"]
    position = {image["id"]: i for i, image in enumerate(images)}
    labels = np.array([classes.index(image["label"]) for image in images])
    areas = np.zeros((len(images), len(classes)))
    counts = np.zeros((len(images), len(classes)), int)
    extents = np.zeros(len(images))
    for annotation in document["annotations"]:
        i, k = position[annotation["image_id"]], class_of[annotation["category_id"]]
        areas[i, k] += annotation["area"]
        counts[i, k] += 1
        if k == labels[i]:
            extents[i] = max(extents[i], max(annotation["bbox"][2:]) / images[i]["width"])
    instances = counts[np.arange(len(images)), labels]
    return Scenes(
        settings=document["info"]["settings"],
        licenses=document["licenses"],
        classes=classes,
        pixels=np.stack([_read_picture(folder / "images" / image["file_name"]) for image in images]),
        labels=labels,
        shares=(areas / areas.sum(1, keepdims=True)).astype(np.float32),
        instances=instances,
        others=counts.sum(1) - instances,
        extents=extents,
    )


def _read_picture(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB")).transpose(2, 0, 1)
