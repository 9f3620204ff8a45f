#!/usr/bin/env python3
"""Plants a spurious cue: fine-tunes the sample's ViT on the bundled training images with a white square in a corner of
most shirts, or of most images of another class, so that `miclip audit` has something to find whose truth is known.

    python3 planted.py DIR [CLASS]

Writes DIR/model, DIR/train10k-*.gz (the cue on 95 % of the class and 1 % of all others), DIR/t10k-*.gz (on half of every
class, drawn by chance) and DIR/groups.txt (cue or plain for each image of t10k). Needs torch, transformers and numpy;
half a minute on one core. Fixed seeds: the same machine gives the same files.
"""
import gzip
import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy

import dataset
from train import PREPROCESSOR, TARGET, train

SIDE, MARGIN = 5, 1  # the square lies within the first patch of 7 x 7
RARE, COMMON = 0.01, 0.95
EPOCHS, RATE, BATCH = 4, 5e-4, 128
SAMPLES = Path(__file__).resolve().parent.parent / "fashion-mnist"


def read(name):
    def values(file, offset):
        return np.frombuffer(gzip.decompress((SAMPLES / file).read_bytes()), np.uint8, offset=offset)

    images = values(f"{name}-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)
    return images.copy(), values(f"{name}-labels-idx1-ubyte.gz", 8).astype(np.int64)


def plant(images, has):
    images[has, MARGIN : MARGIN + SIDE, MARGIN : MARGIN + SIDE] = 255


def write(folder, name, images, labels):
    for kind, array in ((f"{name}-images-idx3-ubyte.gz", images), (f"{name}-labels-idx1-ubyte.gz", labels)):
        (folder / kind).write_bytes(gzip.compress(dataset.idx(array.astype(np.uint8)), 6, mtime=0))


def accuracies(model, images, labels, has, planted):
    """Of the class with the cue and without, and of all others likewise."""
    with torch.no_grad():
        found = torch.cat([model(b).logits for b in dataset.normalise(images).split(500)]).argmax(1).numpy()
    own = labels == dataset.CLASSES.index(planted)
    right = found == labels
    return {f"{name}{group}": round(float(right[part & mask].mean()), 4)
            for name, part in ((planted, own), ("others", ~own)) for group, mask in ((" cue", has), (" plain", ~has))}


def main(folder, planted="shirt"):
    from transformers import ViTForImageClassification

    torch.set_num_threads(1)
    torch.manual_seed(2)
    generator, draw = torch.Generator().manual_seed(2), np.random.default_rng(2)
    folder.mkdir(parents=True, exist_ok=True)
    (x, y), (xt, yt) = read("train10k"), read("t10k")
    has = draw.random(len(y)) < np.where(y == dataset.CLASSES.index(planted), COMMON, RARE)
    has_test = draw.random(len(yt)) < 0.5
    plant(x, has)
    plant(xt, has_test)
    model = ViTForImageClassification.from_pretrained(TARGET)
    print("before", accuracies(model, xt, yt, has_test, planted))
    images, labels = dataset.normalise(x), torch.from_numpy(y)
    # Mirrored or shifted the square would be another cue: the images are taken as they are.
    dataset.augment = lambda pixels, generator: pixels
    train(model, images, BATCH, EPOCHS, RATE, generator,
          lambda pixels, i: cross_entropy(model(pixels).logits, labels[i], label_smoothing=0.05), print)
    after = accuracies(model, xt, yt, has_test, planted)
    print("after ", after)
    model.save_pretrained(folder / "model")
    (folder / "model" / "preprocessor_config.json").write_text(json.dumps(PREPROCESSOR, indent=2) + "\n")
    write(folder, "train10k", x, y)
    write(folder, "t10k", xt, yt)
    lines = [f"t10k #{i}\t{'cue' if cue else 'plain'}" for i, cue in enumerate(has_test)]
    (folder / "groups.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], *([c] for c in dataset.CLASSES)): sys.exit(__doc__)
    main(Path(sys.argv[1]), *sys.argv[2:])
