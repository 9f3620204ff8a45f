#!/usr/bin/env python3
"""SigLIP's towers, small, with random weights, and what PyTorch computes with them.

    python3 make_siglip.py LAYOUTS

Folders as those of make_layouts.py, beside which they lie; the folder of make_siglip_tokenizers.py lies beside LAYOUTS. parity.py makes the same of the published sizes. Needs torch,
transformers, timm and safetensors from PyPI.
"""
import json
import sys
from pathlib import Path

import torch
import transformers

from make_layouts import TEXTS, import_timm, pixels, randomize, recorder, rounded, store


def vision_hooks(tower):
    """miclip's hook points in a SiglipVisionModel."""
    return ([("embeddings", tower.embeddings), ("norm", tower.post_layernorm)]
            + [(f"blocks.{i}", b) for i, b in enumerate(tower.encoder.layers)]
            + ([("pool", tower.head)] if tower.use_head else []))


def save(folder, model, dtype, found, size):
    """As transformers publishes it, with its processor."""
    store(folder, {}, None, found)
    (folder / "model.safetensors").unlink()
    (model.to(dtype) if dtype else model).save_pretrained(folder)
    processor = {"image_processor_type": "SiglipImageProcessor", "size": {"height": size, "width": size}, "resample": 3,
                 "image_mean": [0.5, 0.4, 0.3], "image_std": [0.5, 0.25, 0.125]}
    (folder / "preprocessor_config.json").write_text(json.dumps(processor))


def vision(folder, config, dtype):
    """The image tower alone."""
    model = rounded(randomize(transformers.SiglipVisionModel(config)), dtype)
    x = pixels(config.image_size, 2)
    found = recorder(vision_hooks(model))
    model(x)
    found["pixels"] = x
    save(folder, model, dtype, found, config.image_size)


def space(folder, config, tokenizer, dtype):
    """Both towers, with the logits of each image and text."""
    model = rounded(randomize(transformers.SiglipModel(config)), dtype)
    model.logit_scale.data[:], model.logit_bias.data[:] = 2.5, -3.25
    x = pixels(config.vision_config.image_size, 2)
    found = recorder(vision_hooks(model.vision_model))
    ids = tokenizer(TEXTS, truncation=True, max_length=config.text_config.max_position_embeddings, padding="max_length")["input_ids"]
    output = model(input_ids=torch.tensor(ids), pixel_values=x)
    found.update(images=output.image_embeds, texts=output.text_embeds, logits=output.logits_per_image, pixels=x)
    save(folder, model, dtype, {k: v.detach() for k, v in found.items()}, config.vision_config.image_size)


def timm_vision(folder, model, architecture, dtype):
    """timm's, whose classifier reads the pooled tokens where it has one."""
    model = rounded(randomize(model), dtype)
    size = model.patch_embed.img_size[0]
    x = pixels(size, 2)
    found = recorder([("embeddings", model.norm_pre), ("norm", model.norm), ("pool", model.attn_pool)]
                     + [(f"blocks.{i}", b) for i, b in enumerate(model.blocks)])
    output = model(x).detach()
    if model.num_classes: found["logits"] = output
    found["pixels"] = x
    config = {"architecture": architecture, "num_classes": model.num_classes, "global_pool": "map",
              "pretrained_cfg": {"input_size": [3, size, size], "crop_pct": 0.9, "mean": [0.5, 0.4, 0.3], "std": [0.5, 0.25, 0.125]}}
    if size < 100: config["model_args"] = {"num_heads": 4}
    store(folder, model.state_dict(), config, found, dtype)


def main(output):
    vit, _ = import_timm()
    torch.manual_seed(0)
    with torch.no_grad():
        small = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, image_size=20, patch_size=4)
        for name, dtype, has_head in (("hf-vit-siglip", torch.float16, True), ("hf-vit-siglip-mean", torch.bfloat16, False)):
            vision(output / name, transformers.SiglipVisionConfig(**small, vision_use_head=has_head), dtype)
        # Patches of 8 leave 4 of 20 pixels out. The tokenizers are those of make_siglip_tokenizers.py.
        for name, kind, words, dtype in (("siglip-unigram", transformers.SiglipTokenizer, 400, torch.float16),
                                         ("siglip-pairs", transformers.GemmaTokenizer, 720, torch.bfloat16)):
            text = dict(hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=3, max_position_embeddings=16,
                        vocab_size=words, projection_size=32)
            tokenizer = kind.from_pretrained(output.parent / "siglip" / name.split("-")[1])
            space(output / name, transformers.SiglipConfig(vision_config=dict(small, patch_size=8), text_config=text), tokenizer, dtype)
        small = dict(img_size=16, patch_size=4, embed_dim=32, depth=2, num_heads=4, class_token=False, global_pool="map")
        for name, architecture, arguments in (
                ("timm-vit-siglip", "vit_base_patch32_siglip_256", dict(num_classes=0, act_layer="gelu_tanh")),
                ("timm-vit-siglip-head", "vit_so400m_patch14_siglip_378", dict(num_classes=5))):
            timm_vision(output / name, vit.VisionTransformer(**small, **arguments), architecture, torch.float16)


if __name__ == "__main__":
    if len(sys.argv) < 2: sys.exit(__doc__)
    main(Path(sys.argv[1]))
