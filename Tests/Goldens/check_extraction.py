#!/usr/bin/env python3
"""Tools/miclip_extract.py against our own extraction; `make parity` runs it.

    python3 check_extraction.py MICLIP

The sample's target model, run by transformers over pictures of noise in class folders, gives what `miclip activations` gives,
layer by layer; stopped and started again it makes the same files; `miclip import layer` takes them into a study of the same
images, whose accuracy and curves are those of the study's own layer, and its scores by attribution those that our own way back
through the blocks gives; with predictions in place of logits the accuracy is the same. Needs torch and transformers.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

root = Path(__file__).resolve().parents[2]
program = Path(sys.argv[1]).resolve()
model = root / "SampleData/target-vit"
classes = list(json.loads((model / "config.json").read_text())["id2label"].values())
environment = dict(os.environ, HF_HUB_OFFLINE="1", MICLIP_RESOURCES=str(root))


def run(*command):
    done = subprocess.run([str(c) for c in command], env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return done.stdout


def pictures(folder, count, seed):
    random = np.random.default_rng(seed)
    for index in range(count):
        place = folder / classes[index % len(classes)]
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 256, (28, 28), dtype=np.uint8), "L").save(place / f"{index:03d}.png")


def close(found, expected, what):
    error = float(np.abs(found - expected).max() / np.abs(expected).max())
    print(f"extraction: {what} {error:.2g}")
    if not error < 2e-4:
        sys.exit(f"{what}: {error} of the greatest value, 2e-4 allowed")


with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    environment["XDG_DATA_HOME"] = name
    names = {"vit.layers.1": "blocks.1", "vit.layernorm": "norm"}
    for role, count in (("train", 60), ("val", 40)):
        pictures(folder / role, count, count)
        command = [sys.executable, root / "Tools/miclip_extract.py", f"hf:{model}", *names, "--images", folder / role,
                   "--output", folder / "out" / role, "--shard", "16", "--batch", "8", "--device", "cpu", "--gradients"]
        run(*command)
        for layer, own in names.items():
            shards = sorted((folder / "out" / role / layer).glob("images-*.npz"))
            made = np.concatenate([np.load(s)["activations"] for s in shards])
            run(program, "activations", model, folder / role, "--hook", own, "--pooling", "cls", "--output", folder / "own.npy")
            close(made, np.load(folder / "own.npy"), f"{role} {own}")
            before = [s.read_bytes() for s in shards]
            shards[1].unlink()
            run(*command)
            if [s.read_bytes() for s in shards] != before:
                sys.exit(f"{role} {own}: another run made other files")
    study = folder / "a.study"
    run(program, "extract", "--study", study, "--probe-images", folder / "train", "--held-out-images", folder / "val",
        "--layer", "norm", "--layer", "blocks.1")
    files = {role: sorted((folder / "out" / role / "vit.layernorm").glob("*.npz")) for role in ("train", "val")}
    report = json.loads(run(program, "import", "layer", "--study", study, "--name", "norm", *files["train"],
                            "--model", "elsewhere", "--json", "--held-out", *files["val"]))
    if report["reader"] != "head of a file" or report["compared"] < 20:
        sys.exit(f"import: {report}")
    for scale in ("0", "2"):
        outcomes = []
        for which in ("target-vit", "elsewhere"):
            text = run(program, "intervene", "--units", "norm:1+,norm:7-,norm:30+", "--class", classes[3], "--scale", scale,
                       "--study", study, "--model", which, "--json")
            outcomes.append([json.loads(text)[k] for k in ("accuracy", "classAccuracy", "otherAccuracy")])
        if outcomes[0] != outcomes[1]:
            sys.exit(f"import: scaled by {scale}, {outcomes}")
    print("extraction: imported, with the study's own outcomes")

    files = {role: sorted((folder / "out" / role / "vit.layers.1").glob("*.npz")) for role in ("train", "val")}
    report = json.loads(run(program, "import", "layer", "--study", study, "--name", "blocks.1", *files["train"],
                            "--model", "elsewhere", "--json", "--held-out", *files["val"]))
    if report["reader"] != "imported logits" or not report["hasGradients"]:
        sys.exit(f"import: {report}")
    scores = {}
    for which in ("target-vit", "elsewhere"):
        text = run(program, "locate", classes[3], "--study", study, "--model", which, "--layer", "blocks.1", "--ranking",
                   "attribution", "--top", "96", "--json")
        scores[which] = {u["unit"]: u["score"] for u in json.loads(text)["units"]}
    own, given = scores["target-vit"], scores["elsewhere"]
    close(np.array([given[unit] for unit in own]), np.array(list(own.values())), "attribution at blocks.1 from gradients")

    # The answers alone, into another study.
    again = folder / "b.study"
    run(program, "extract", "--study", again, "--probe-images", folder / "train", "--held-out-images", folder / "val")
    for role in ("train", "val"):
        run(sys.executable, root / "Tools/miclip_extract.py", f"hf:{model}", "vit.layers.1", "--images", folder / role,
            "--output", folder / "few" / role, "--device", "cpu", "--predictions")
    files = {role: sorted((folder / "few" / role / "vit.layers.1").glob("*.npz")) for role in ("train", "val")}
    report = json.loads(run(program, "import", "layer", "--study", again, *files["train"], "--model", "elsewhere", "--json",
                            "--held-out", *files["val"]))
    if report["reader"] != "imported predictions" or report["layer"] != "vit.layers.1":
        sys.exit(f"import: {report}")
    found = {which: json.loads(run(program, "info", "--study", again, "--model", which, "--json"))["accuracy"]
             for which in ("target-vit", "elsewhere")}
    if found["target-vit"] != found["elsewhere"]:
        sys.exit(f"import: accuracies {found}")
    print(f"extraction: by predictions alone the same accuracy, {found['elsewhere']}")
