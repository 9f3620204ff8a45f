#!/usr/bin/env python3
"""Writes tars/: the same members as Python's tarfile writes them in its three formats."""
import io
import tarfile
from pathlib import Path

folder = Path(__file__).parent / "tars"
folder.mkdir(exist_ok=True)
members = [
    ("0001.jpg", b"first"),
    ("0001.cls", b"7\n"),
    ("a/" * 40 + "b" * 60 + ".png", b"x" * 513),  # 144 bytes: a prefix in ustar, a record of its own in the others
    ("empty.png", b""),
    ("grün/五.webp", b"y" * 512),
]
long = ("c" * 150 + ".jpg", b"long")  # no ustar header holds it
formats = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}
for name, kind in formats.items():
    with tarfile.open(folder / f"{name}.tar", "w", format=kind) as archive:
        for path, content in members + ([] if name == "ustar" else [long]):
            member = tarfile.TarInfo(path)
            member.size = len(content)
            if name == "pax":
                member.mtime = 1.5  # a record of its own
            archive.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("link.jpg")
        link.type, link.linkname = tarfile.LNKTYPE, "0001.jpg"
        archive.addfile(link)
