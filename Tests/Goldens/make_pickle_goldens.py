#!/usr/bin/env python3
"""Saves small checkpoints as PyTorch does, and the same tensors as safetensors.

    python3 make_pickle_goldens.py pickles

Needs torch, numpy and safetensors from PyPI. `expected.safetensors` has the tensors; every other file has them too, in
another form or wrapper, but `view.pt` (a transposed view), `script.pt` and `nested-script.pt` (TorchScript), which are read
too, and `evil.pt`, whose pickle asks for os.system and is refused. `prisma` holds an autoencoder. `opcodes.json` lists every
instruction of Python's pickles.
"""
import argparse
import collections
import json
import pickle
import pickletools
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file


def nested_script(folder):
    """Modules in modules, with a buffer: as OpenAI publishes CLIP."""
    norm = torch.nn.BatchNorm2d(4)
    norm.num_batches_tracked = None
    model = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 2, bias=False), torch.nn.Sequential(norm, torch.nn.ReLU())).eval()
    torch.jit.save(torch.jit.trace(model, torch.ones(1, 3, 4, 4)), folder / "nested-script.pt")
    save_file(dict(model.state_dict()), folder / "nested-script.safetensors")


def main(folder):
    folder.mkdir(exist_ok=True)
    torch.manual_seed(3)
    base = torch.randn(6, 5)
    tensors = collections.OrderedDict(
        weight=torch.randn(4, 3), bias=torch.randn(3).double(), half=torch.randn(2, 2).half(), brain=torch.randn(7).bfloat16(),
        counts=torch.arange(5), scalar=torch.tensor(2.5), part=base[2:4], kept=base)
    save_file({name: tensor.clone().contiguous() for name, tensor in tensors.items()}, folder / "expected.safetensors")
    torch.save(tensors, folder / "zip.pth")
    torch.save(tensors, folder / "legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(tensors, folder / "protocol4.pth", pickle_protocol=4)
    parameters = {name: torch.nn.Parameter(t) if t.is_floating_point() else t for name, t in tensors.items()}
    state = collections.OrderedDict((f"module.{name}", tensor) for name, tensor in parameters.items())
    state._metadata = {"": {"version": 1}}
    torch.save(
        {"epoch": 3, "arch": "vit", "best": np.float64(0.5), "args": argparse.Namespace(lr=0.1), "state_dict": state,
         "optimizer": {"state": {}, "param_groups": [{"lr": 0.1, "betas": (0.9, 0.999), "params": [0, 1]}]}},
        folder / "trainer.ckpt")
    torch.save({"model": {f"_orig_mod.model.{name}": tensor for name, tensor in tensors.items()}, "model_ema": {}}, folder / "wrapped.pt")
    trained = {"state": {0: {"step": torch.tensor(3.0), "exp_avg": torch.ones(2, 3)}}, "param_groups": [{"lr": 0.1, "params": [0]}]}
    torch.save({"optimizer": trained, "state_dict": tensors}, folder / "trainer-legacy.pth", _use_new_zipfile_serialization=False)
    torch.save({"model_ema": {name: tensor * 0 for name, tensor in tensors.items()}, "model": tensors}, folder / "both.pt")
    torch.save({"weight": torch.randn(4, 3).t()}, folder / "view.pt")
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), folder / "script.pt")
    nested_script(folder)
    codes = {opcode.name: ord(opcode.code) for opcode in pickletools.opcodes}
    (folder / "opcodes.json").write_text(json.dumps(codes, indent=1, sort_keys=True) + "\n")

    # A model with its mean beside it, as timm trains.
    state = load_file(folder.parent / "layouts/torchvision-resnet-basic/resnet.safetensors")
    torch.save({"epoch": 3, "state_dict": {"module." + name: tensor for name, tensor in state.items()},
                "state_dict_ema": {name: tensor.float().mean() for name, tensor in state.items()}}, folder / "resnet.ckpt")

    (folder / "prisma").mkdir(exist_ok=True)
    (folder / "prisma/config.json").write_text('{"d_in": 4, "activation_fn_str": "relu"}\n')
    shapes = {"W_enc": (4, 6), "b_enc": (6,), "W_dec": (6, 4), "b_dec": (4,)}
    autoencoder = {name: torch.randn(shape) for name, shape in shapes.items()}
    torch.save(autoencoder | {"scaling_factor": torch.ones(6)}, folder / "prisma/weights.pt")

    class Evil:
        def __reduce__(self):
            import os
            return os.system, ("true",)

    (folder / "evil.pt").write_bytes(pickle.dumps({"weight": Evil()}, protocol=2))


main(Path(sys.argv[1]))
