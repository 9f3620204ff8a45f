"""Fashion-MNIST as Debian's dataset-fashion-mnist ships it: IDX files, gzip-compressed."""
import gzip
from pathlib import Path

import numpy as np
import torch

SOURCE = Path("/usr/share/datasets/fashion-mnist")
CLASSES = ["t-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"]
MEAN, STD = 0.2860, 0.3530
FOLDER_SUBSET = 10_000


def load(split):
    """Images [N,28,28] uint8 and labels [N] int64 of `train` or `t10k`."""
    images = gzip.decompress((SOURCE / f"{split}-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((SOURCE / f"{split}-labels-idx1-ubyte.gz").read_bytes())
    x = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 28, 28)
    return x.copy(), np.frombuffer(labels, np.uint8, offset=8).astype(np.int64)


def normalise(x):
    """[N,28,28] uint8 -> [N,1,28,28] float32, the preprocessing of preprocessor_config.json."""
    return (torch.from_numpy(x).float()[:, None] / 255 - MEAN) / STD


def augment(x, generator, pad=1):
    """Random mirror per image and a random shift by up to `pad` pixels per group of 16 images."""
    mirrored = torch.rand(len(x), generator=generator) < 0.5
    x = torch.where(mirrored[:, None, None, None], x.flip(3), x)
    padded = torch.nn.functional.pad(x, (pad,) * 4, value=-MEAN / STD)
    out = torch.empty_like(x)
    for start in range(0, len(x), 16):
        dy, dx = torch.randint(0, 2 * pad + 1, (2,), generator=generator).tolist()
        out[start : start + 16] = padded[start : start + 16, :, dy : dy + 28, dx : dx + 28]
    return out


def idx(array):
    """The IDX bytes of a uint8 array: magic, dimensions (big-endian), data."""
    return bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape) + array.tobytes()


def export(folder):
    """Writes the whole test split as it is and the first 10,000 training images."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"):
        (folder / name).write_bytes((SOURCE / name).read_bytes())
    x, y = load("train")
    x, y = x[:FOLDER_SUBSET], y[:FOLDER_SUBSET].astype(np.uint8)
    for name, array in (("train10k-images-idx3-ubyte.gz", x), ("train10k-labels-idx1-ubyte.gz", y)):
        (folder / name).write_bytes(gzip.compress(idx(array), 9, mtime=0))
    (folder / "classes.txt").write_text("\n".join(CLASSES) + "\n")
