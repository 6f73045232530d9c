"""Writes timm.json: the smallest network of every family of timm that fits, smallest first.

    python bench/zoo/families.py

A family is what a name begins with, up to the first digit or `_`, in one of timm's modules. Takes
some minutes, and needs to be run again only for another version of timm.
"""

import json
import re
from pathlib import Path

import timm
import torch
from timm.models import list_models, list_modules

# Larger ones take too long to measure by the hundred; a module that has nothing smaller is
# represented by ONLY.
LARGEST = 60_000_000
ONLY = ("beit_base_patch16_224", "pnasnet5large", "nasnetalarge")

# Prefixes that say who trained a network, not what family it is of.
PREFIX = re.compile(r"^(tf|legacy|dm|ese|eca|skw|cs3)_")

# What says of a name alone that the network is too large.
HUGE = re.compile(r"giant|gigantic|huge|enormous|large|_xl|_[137]b|400m")


def parameters(name: str) -> int:
    with torch.device("meta"):
        return sum(p.numel() for p in timm.create_model(name).parameters())


def classifies(name: str) -> bool:
    return timm.get_pretrained_cfg(name).num_classes > 0


def main() -> None:
    smallest: dict[tuple[str, str], tuple[int, str]] = {}
    for module in list_modules():
        for name in list_models(module=module):
            if HUGE.search(name) or name.startswith("test_") or not classifies(name):
                continue
            match = re.match(r"[a-z+]+", PREFIX.sub(r"\1+", name))
            assert match
            size, key = parameters(name), (module, match[0])
            if size <= LARGEST:
                smallest[key] = min((size, name), smallest.get(key, (size, name)))
    names = [name for _, name in sorted(smallest.values())]
    result = Path(__file__).with_name("timm.json")
    result.write_text(json.dumps([*names, *ONLY], indent=0) + "\n")


if __name__ == "__main__":
    main()
