#!/usr/bin/env python3
"""What `miclip import layer` takes for activations of ImageNet's size; `make bench-import` runs it.

    python3 import_at_size.py MICLIP [--images 100000] [--units 2048] [--keep FOLDER]

Seeded random activations, logits of 1,000 classes by a head, and embeddings in the sample CLIP's space, in shards; a third is
held out. Prints seconds, the most memory the program had of its own (without mapped files), and what `miclip info` takes of the
study. `miclip-bench large STUDY` then measures its keys. 2 GB in the temporary folder. Needs numpy and safetensors from PyPI.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

ROOT = Path(__file__).resolve().parents[1]


def watched(command, environment):
    """Seconds, and the greatest anonymous memory in MB."""
    began, most = time.monotonic(), 0
    run = subprocess.Popen([str(c) for c in command], env=environment, stdout=subprocess.DEVNULL)
    while run.poll() is None:
        try:
            status = Path(f"/proc/{run.pid}/status").read_text()
            most = max(most, int(status.split("RssAnon:")[1].split()[0]) // 1024)
        except (OSError, IndexError):
            pass
        time.sleep(0.02)
    if run.returncode:
        sys.exit(f"{command[1]}: status {run.returncode}")
    return time.monotonic() - began, most


def shards(folder, role, images, units, head, seed):
    """Files of 20,000 images."""
    random = np.random.default_rng(seed)
    made = []
    for start in range(0, images, 20_000):
        count = min(20_000, images - start)
        activations = random.standard_normal((count, units), dtype=np.float32)
        logits = activations @ head.T
        embeddings = random.standard_normal((count, 64), dtype=np.float32)
        made.append(folder / f"{role}-{start:06}.safetensors")
        save_file({"activations": activations, "logits": logits, "labels": logits.argmax(1), "image_embeddings": embeddings}, made[-1])
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--units", type=int, default=2048)
    parser.add_argument("--keep", type=Path, help="make the study here and keep it")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study = (arguments.keep or folder) / "imported.study"
        head = np.random.default_rng(0).standard_normal((1000, arguments.units), dtype=np.float32) / arguments.units ** 0.5
        save_file({"weight": head, "bias": np.zeros(1000, np.float32)}, folder / "head.safetensors")
        heldOut = shards(folder, "held-out", arguments.images // 3, arguments.units, head, 1)
        probe = shards(folder, "probe", arguments.images - arguments.images // 3, arguments.units, head, 2)
        environment = dict(os.environ, XDG_DATA_HOME=name, MICLIP_RESOURCES=str(ROOT))
        took, most = watched([arguments.program.resolve(), "import", "layer", "--study", study, "--name", "layer", *probe, "--held-out", *heldOut,
                              "--head", folder / "head.safetensors", "--concept-space", ROOT / "SampleData/clip"], environment)
        print(f"import   {arguments.images} x {arguments.units}: {took:.1f} s, {most} MB")
        took, most = watched([arguments.program.resolve(), "info", "--study", study], environment)
        print(f"opening  {took:.2f} s, {most} MB")


if __name__ == "__main__":
    main()
