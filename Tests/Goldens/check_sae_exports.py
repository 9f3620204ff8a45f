#!/usr/bin/env python3
"""Loads autoencoders that miclip exported with the real SAELens, and compares codes and reconstructions element by element.

  MICLIP_SAE_EXPORTS=FOLDER swift test -c release --filter AutoencoderExchangeTests && check_sae_exports.py FOLDER

`make parity` runs both. Needs sae-lens.
"""
import sys
from pathlib import Path

from safetensors.torch import load_file
from sae_lens import SAE

worst = 0.0
for folder in sorted(p for p in Path(sys.argv[1]).iterdir() if p.is_dir()):
    sae = SAE.load_from_disk(folder)
    ours = load_file(folder / "golden.safetensors")
    features = sae.encode(ours["x"])
    for name, theirs in dict(features=features, output=sae.decode(features)).items():
        difference = (theirs - ours[name]).abs().max().item()
        worst = max(worst, difference)
        print(f"{folder.name:28} {name:9} {tuple(theirs.shape)} largest difference {difference:.1e}"
              f" of values up to {theirs.abs().max().item():.2f}")
assert worst < 1e-5, f"{worst} is more than 1e-5"
