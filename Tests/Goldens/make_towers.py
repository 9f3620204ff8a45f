#!/usr/bin/env python3
"""EVA-02, and open_clip's two-tower models with timm's networks for images: small, with random weights, and what PyTorch computes with them.

    python3 make_towers.py LAYOUTS

Folders as those of make_layouts.py, beside which they lie. parity.py makes the same of the published sizes. Needs torch, timm, open_clip_torch
and safetensors from PyPI.
"""
import json
import sys
from pathlib import Path

import torch

from make_layouts import TEXTS, import_timm, pixels, randomize, recorder, rounded, store, timm_vit_hooks


def randomize_saved(model):
    """As randomize; what a file does not have, such as angles of places, stays."""
    kept = {n: b.clone() for n, b in model.named_buffers() if n not in model.state_dict()}
    model = randomize(model)
    for name, value in kept.items(): model.get_buffer(name).data = value
    return model


def timm_eva(folder, model, architecture, dtype, arguments=None, isConfigured=True):
    """timm's `Eva`, whose queries and keys are turned by their places."""
    model = rounded(randomize_saved(model), dtype)
    size = model.patch_embed.img_size[0]
    x = pixels(size, 2 if size < 100 else 1)
    found = recorder(timm_vit_hooks(model))
    output = model(x).detach()
    if model.num_classes: found["logits"] = output
    found["pixels"] = x
    config = {"architecture": architecture, "num_classes": model.num_classes, "global_pool": model.global_pool, "pretrained_cfg": {
        "input_size": [3, size, size], "crop_pct": 1.0, "mean": [0.5, 0.4, 0.3], "std": [0.5, 0.25, 0.125], "crop_mode": "squash"}}
    if arguments: config["model_args"] = arguments
    store(folder, model.state_dict(), config if isConfigured else None, found, dtype)


def evas():
    """By the names of their layouts: timm's arguments and an architecture of that kind."""
    from timm.models.eva import Eva
    small = dict(img_size=24, patch_size=4, embed_dim=32, depth=2, num_heads=2, use_rot_pos_emb=True, ref_feat_shape=(16, 16))
    gated = dict(small, mlp_ratio=4 * 2 / 3, swiglu_mlp=True)
    for name, architecture, arguments, dtype in (
            ("timm-eva-split", "eva02_base_patch14_448", dict(gated, qkv_fused=False, scale_mlp=True, num_classes=5), None),
            ("timm-eva-stacked", "eva02_small_patch14_336", dict(gated, num_classes=0), torch.float16),
            ("timm-eva-inner-norm", "eva02_base_patch16_clip_224", dict(
                gated, qkv_fused=False, scale_mlp=True, scale_attn_inner=True, global_pool="token", num_classes=3), None),
            ("timm-eva-registers", "vit_medium_patch16_rope_reg1_gap_256", dict(
                small, init_values=0.1, class_token=False, num_reg_tokens=1, use_abs_pos_emb=False, num_classes=4), torch.float16)):
        yield name, lambda a=arguments: Eva(**a), architecture, dtype


def main(output):
    import_timm()
    torch.manual_seed(0)
    with torch.no_grad():
        for name, make, architecture, dtype in evas(): timm_eva(output / name, make(), architecture, dtype, {"num_heads": 2})


if __name__ == "__main__":
    if len(sys.argv) < 2: sys.exit(__doc__)
    main(Path(sys.argv[1]))
