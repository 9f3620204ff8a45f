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

import make_siglip
import make_siglip_tokenizers
from make_layouts import TEXTS, import_timm, pixels, randomize, recorder, rounded, sample_tokenizer, store, timm_vit_hooks


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


def places(o):
    """A feature map's places as tokens."""
    return o.permute(0, 2, 3, 1).flatten(1, 2) if o.dim() == 4 else o


def fastvit_hooks(model):
    modules = [("stem", model.stem), ("final_conv", model.final_conv), ("avgpool", model.head.global_pool)]
    for s, stage in enumerate(model.stages):
        for part in ("downsample", "pos_emb"):
            if not isinstance(getattr(stage, part), torch.nn.Identity): modules.append((f"stages.{s}.{part}", getattr(stage, part)))
        modules += [(f"stages.{s}", stage)] + [(f"stages.{s}.blocks.{i}", b) for i, b in enumerate(stage.blocks)]
    return modules


def small_fastvit(isMobile, classes):
    from functools import partial
    from timm.models.fastvit import FastVit, RepConditionalPosEnc
    return FastVit(
        layers=(1, 2, 1, 1), embed_dims=(8, 16, 16, 32), mlp_ratios=(2, 2, 2, 2), se_downsamples=(False, False, isMobile, isMobile),
        pos_embs=(None, None, None, partial(RepConditionalPosEnc, spatial_shape=(7, 7))), lkc_use_act=isMobile, num_classes=classes,
        token_mixers=("repmixer", "repmixer", "repmixer", "attention"))


def settle_norms(model, x):
    """Batch norms that know the values they meet, as after training. At full size values grow a hundred thousandfold without,
    and a gate's sigmoid then tells of rounding alone."""
    norms = [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    for norm in norms: norm.train().momentum = 1.0
    with torch.no_grad(): model(x)
    for norm in norms: norm.eval()


def timm_fastvit(folder, model, architecture, dtype, size, isJoined, isConfigured=True):
    """timm's, with its branches or, joined, with one convolution in place of them."""
    from timm.utils import reparameterize_model
    x = pixels(size, 1 if size > 100 else 2)
    model = randomize_saved(model)
    if size > 100: settle_norms(model, x)
    model = rounded(model, dtype)
    if isJoined: model = rounded(reparameterize_model(model), dtype)
    found = recorder(fastvit_hooks(model), places)
    output = model(x).detach()
    if model.num_classes: found["logits"] = output
    found["pixels"] = x
    config = {"architecture": architecture, "num_classes": model.num_classes, "global_pool": "avg", "pretrained_cfg": {
        "input_size": [3, size, size], "crop_pct": 0.9, "mean": [0.5, 0.4, 0.3], "std": [0.5, 0.25, 0.125]}}
    store(folder, model.state_dict(), config if isConfigured else None, found, dtype)


class Towers(torch.nn.Module):
    """open_clip's CustomTextCLIP, with any network for images."""

    def __init__(self, trunk, text, bias):
        super().__init__()
        from torch import nn
        self.visual, self.text = nn.Module(), text
        self.visual.trunk = trunk
        self.logit_scale = nn.Parameter(torch.tensor(2.5))
        if bias is not None: self.logit_bias = nn.Parameter(torch.tensor(bias))

    def encode_image(self, x, normalize=True): return torch.nn.functional.normalize(self.visual.trunk(x), dim=-1)

    def encode_text(self, x, normalize=True): return torch.nn.functional.normalize(self.text(x), dim=-1)


def trunk_hooks(trunk):
    if hasattr(trunk, "stages"): return fastvit_hooks(trunk) + [("projection", trunk.head.fc)]
    modules = timm_vit_hooks(trunk)
    if getattr(trunk, "attn_pool", None) is not None: modules.append(("pool", trunk.attn_pool))
    return modules + ([("projection", trunk.head)] if isinstance(trunk.head, torch.nn.Linear) else [])


def towers(folder, model, ids, vision, text, preprocessing, dtype, isConfigured=True):
    """A two-tower model and its configuration; the logits where there is a bias."""
    model = rounded(randomize_saved(model), dtype)
    trunk = model.visual.trunk
    size = vision["image_size"]
    x = pixels(size, 2 if size < 100 else 1)
    found = recorder(trunk_hooks(trunk), places)
    images, texts = model.encode_image(x, normalize=True), model.encode_text(ids, normalize=True)
    found.update(images=images, texts=texts, pixels=x)
    bias = getattr(model, "logit_bias", None)
    if bias is not None: found["logits"] = model.logit_scale.exp() * images @ texts.T + bias
    config = {"model_cfg": {"embed_dim": images.shape[1], "vision_cfg": vision, "text_cfg": text, "custom_text": True}, "preprocess_cfg": preprocessing}
    if bias is not None: config["model_cfg"]["init_logit_bias"] = -10
    state = model.state_dict()
    store(folder, state, config if isConfigured else None, {k: v.detach() for k, v in found.items()}, dtype, "open_clip_model.safetensors",
          "open_clip_config.json")


def small_towers(output):
    import open_clip
    from functools import partial
    import timm
    from timm.layers import HybridEmbed
    from timm.models.eva import Eva
    from timm.models.vision_transformer import VisionTransformer
    from timm.models.vision_transformer_hybrid import ConvStem
    from open_clip.transformer import LayerNorm, TextTransformer
    prepared = {"mean": [0.5, 0.4, 0.3], "std": [0.25, 0.5, 0.125], "interpolation": "bicubic", "resize_mode": "squash"}
    # SigLIP, whose text is padded and read at its last place.
    size = dict(context_length=16, vocab_size=400, width=24, heads=3, layers=2)
    text = TextTransformer(**size, output_dim=192, no_causal_mask=True, pool_type="last", proj_bias=True, norm_layer=partial(LayerNorm, eps=1e-6))
    # Heads are told by the widths of the published sizes only.
    trunk = VisionTransformer(img_size=20, patch_size=4, embed_dim=192, depth=1, num_heads=3, mlp_ratio=0.25, class_token=False, global_pool="map", num_classes=0)
    tokenizer = make_siglip_tokenizers.transformers.PreTrainedTokenizerFast.from_pretrained(output.parent / "siglip" / "pieces")
    clean = open_clip.tokenizer.get_clean_fn("canonicalize")
    ids = torch.tensor(make_siglip_tokenizers.ids(tokenizer, [clean(t) for t in TEXTS], 16))
    told = {"hf_tokenizer_name": "timm/ViT-B-16-SigLIP", "tokenizer_kwargs": {"clean": "canonicalize"}, "no_causal_mask": True, "proj_bias": True,
            "pool_type": "last", "norm_kwargs": {"eps": 1e-6}}
    towers(output / "siglip-open-pieces", Towers(trunk, text, -3.25), ids, {
        "image_size": 20, "timm_model_name": "vit_base_patch16_siglip_224", "timm_pool": "map", "timm_proj": "none", "timm_model_pretrained": False},
        {**size, **told}, prepared, torch.float16)
    # CLIPs, with the sample's vocabulary.
    tokenizer = sample_tokenizer()
    ids = tokenizer(TEXTS, truncation=True, max_length=20, padding="max_length", return_tensors="pt")["input_ids"]
    end = tokenizer.convert_tokens_to_ids("<|endoftext|>")
    for row in ids: row[int((row == end).nonzero()[0]) + 1:] = 0
    size = dict(context_length=20, vocab_size=len(tokenizer), width=24, heads=3, layers=2)
    gated = dict(img_size=24, patch_size=4, embed_dim=32, depth=2, num_heads=4, mlp_ratio=4 * 2 / 3, swiglu_mlp=True, qkv_fused=False, scale_mlp=True,
                 scale_attn_inner=True, use_rot_pos_emb=True, ref_feat_shape=(16, 16), global_pool="token", num_classes=16)
    stem = ConvStem(channels=(8, 8, 192), stride=(4, 2, 2), kernel_size=(4, 2, 2), padding=0, act_layer=torch.nn.GELU)
    hybrid = VisionTransformer(img_size=32, patch_size=1, embed_dim=192, depth=1, num_heads=3, mlp_ratio=0.25, no_embed_class=True, num_classes=16,
                               embed_layer=partial(HybridEmbed, backbone=stem, proj=False))
    for name, trunk, architecture, side, isMasked in (("mobile-s-clip", small_fastvit(True, 16), "fastvit_mci1", 64, False),
                                                      ("eva-clip", Eva(**gated), "eva02_base_patch16_clip_224", 24, True),
                                                      ("mobile-b-clip", hybrid, "vit_base_mci_224", 32, True)):
        text = TextTransformer(**size, output_dim=16, no_causal_mask=not isMasked)
        towers(output / name, Towers(trunk, text, None), ids, {
            "image_size": side, "timm_model_name": architecture, "timm_pool": "avg" if "-s-" in name else "token", "timm_proj": None, "timm_model_pretrained": False},
            {**size, "no_causal_mask": not isMasked}, prepared, torch.float16, name != "eva-clip")
    (output / "eva-clip" / "config.json").write_text(json.dumps({
        "vision_config": {"num_attention_heads": 4}, "text_config": {"num_attention_heads": 3}}))


def transformers_siglip(folder, dtype, size=20, **arguments):
    """transformers' classifier, which reads the mean."""
    import transformers
    small = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, image_size=size, patch_size=4)
    config = transformers.SiglipConfig(vision_config=arguments or small, text_config={}, num_labels=3)
    model = rounded(randomize_saved(transformers.SiglipForImageClassification(config)), dtype)
    x = pixels(size, 2 if size < 100 else 1)
    tower = model.vision_model
    found = recorder([("embeddings", tower.embeddings), ("norm", tower.post_layernorm)]
                     + [(f"blocks.{i}", b) for i, b in enumerate(tower.encoder.layers)])
    found["logits"] = model(x).logits.detach()
    found["pixels"] = x
    make_siglip.save(folder, model, dtype, found, size)


def main(output):
    import_timm()
    torch.manual_seed(0)
    with torch.no_grad():
        small_towers(output)
        timm_fastvit(output / "timm-fastvit", small_fastvit(True, 5), "fastvit_mci2", None, 72, False)
        timm_fastvit(output / "timm-fastvit-joined", small_fastvit(False, 3), "fastvit_sa12", torch.float16, 64, True)
        transformers_siglip(output / "hf-vit-siglip-classes", torch.float16)
        for name, make, architecture, dtype in evas(): timm_eva(output / name, make(), architecture, dtype, {"num_heads": 2})


if __name__ == "__main__":
    if len(sys.argv) < 2: sys.exit(__doc__)
    main(Path(sys.argv[1]))
