"""The small checkpoints of layouts/ in every container and wrapper that people have them in; parity.py compares them.

A folder each, CONTAINER-LAYOUT (siglip-CONTAINER-KIND), with what PyTorch computes beside it.
"""
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

GOLDENS = Path(__file__).resolve().parent


def weights(layout):
    """The tensors of a layout, and its file's name without the ending."""
    files = [f for f in sorted(layout.glob("*.safetensors")) if f.name != "expected.safetensors"]
    stem = "model" if len(files) > 1 else files[0].stem
    return {name: tensor for f in files for name, tensor in load_file(f).items()}, stem


def sharded(state, folder, stem):
    """Two files and their index."""
    names = list(state)
    half = len(names) // 2
    places = {}
    for number, part in enumerate((names[:half], names[half:]), 1):
        file = f"model-{number:05}-of-00002.safetensors"
        save_file({name: state[name] for name in part}, folder / file)
        places |= {name: file for name in part}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": places}))


def before(prefix, state):
    return {prefix + name: tensor for name, tensor in state.items()}


def optimizer():
    return {"state": {0: {"step": torch.tensor(3.0), "exp_avg": torch.ones(2, 3)}}, "param_groups": [{"lr": 0.1, "params": [0]}]}


def other(state):
    """Weights that give another answer."""
    return {name: tensor * 0.5 if tensor.is_floating_point() else tensor for name, tensor in state.items()}


# Each writes one file into a folder, under a layout's own name but for the ending.
CONTAINERS = {
    "safetensors": lambda s, f, n: save_file(s, f / f"{n}.safetensors"),
    "sharded": sharded,
    "zip": lambda s, f, n: torch.save(s, f / f"{n}.pth"),
    "legacy": lambda s, f, n: torch.save(s, f / f"{n}.pt", _use_new_zipfile_serialization=False),
    "protocol4": lambda s, f, n: torch.save(s, f / f"{n}.bin", pickle_protocol=4),
    "module": lambda s, f, n: torch.save(before("module.", s), f / f"{n}.pth"),
    "compiled": lambda s, f, n: torch.save({"model": before("_orig_mod.", s)}, f / f"{n}.pt"),
    "inner": lambda s, f, n: save_file(before("model.", s), f / f"{n}.safetensors"),
    "trainer": lambda s, f, n: torch.save({"epoch": 3, "state_dict": before("model.", s), "optimizer": optimizer()}, f / f"{n}.ckpt"),
    "ema": lambda s, f, n: torch.save({"state_dict_ema": before("module.", s)}, f / f"{n}.pth"),
    # The weights count, and not their mean beside them; the program says so.
    "beside-ema": lambda s, f, n: torch.save({"model": s, "model_ema": other(s), "optimizer": optimizer()}, f / f"{n}.pth"),
    "legacy-trainer": lambda s, f, n: torch.save(
        {"optimizer": optimizer(), "state_dict": before("module.", s)}, f / f"{n}.pt", _use_new_zipfile_serialization=False),
}


def write(output):
    """Every layout in every container, below `output`; tokenizers beside it."""
    if not (output.parent / "siglip").exists():
        (output.parent / "siglip").symlink_to(GOLDENS / "siglip")
    for layout in sorted((GOLDENS / "layouts").iterdir()):
        # Archives of TorchScript are what they are.
        if not (layout / "expected.safetensors").exists() or len(list(layout.glob("*.safetensors"))) < 2:
            continue
        state, stem = weights(layout)
        for container, save in CONTAINERS.items():
            name = f"{container}-{layout.name}"
            if layout.name.startswith("siglip-"):
                name = layout.name.replace("siglip-", f"siglip-{container}-")
            folder = output / name
            folder.mkdir(parents=True)
            for file in layout.iterdir():
                if file.suffix != ".safetensors" and not file.name.endswith(".index.json"):
                    shutil.copy(file, folder / file.name)
            shutil.copy(layout / "expected.safetensors", folder / "expected.safetensors")
            save({key: tensor.clone() for key, tensor in state.items()}, folder, stem)
