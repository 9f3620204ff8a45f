#!/bin/bash
# make_tarball.sh PROGRAM ARCHIVES FOLDER: PROGRAM, a miclip that has the ARCHIVES of static_archives.sh in it, with its data, manual
# pages and completions, as a tarball in FOLDER, to be unpacked anywhere. The licences of what is inside lie beside them.
set -euo pipefail
program=$(realpath "$1")
archives=$(realpath "$2")
folder=$(realpath "$3")
root=$(cd "$(dirname "$0")/.." && pwd)
needed=$(ldd "$program" | awk '{ print $1 }' | grep -vE '^(linux-vdso|lib(c|m|gcc_s|stdc\+\+)\.so|/lib64/ld-linux|/lib/ld-linux)' || true)
[ -z "$needed" ] || { echo "make_tarball: still needs" $needed >&2; exit 1; }
name=miclip-$("$program" --version | awk '{ print $2 }')-linux-$(uname -m)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
umask 022

make -s -C "$root" install-files PROGRAM="$program" DESTDIR="$stage/$name" PREFIX=
strip --strip-unneeded --remove-section=.comment --remove-section=.note "$stage/$name/bin/miclip"
licences=$stage/$name/share/doc/miclip
mkdir -p "$licences"
cp "$root/LICENSE" "$licences/"
for archive in "$archives"/*.a; do
    package=$(dpkg -S "$(realpath "$archive")" | cut -d: -f1)
    cp "/usr/share/doc/$package/copyright" "$licences/$package.copyright"
done
swift=$(dirname "$(dirname "$(realpath "$(command -v swift)")")")
for file in "$swift"/share/swift/LICENSE.txt; do [ -f "$file" ] && cp "$file" "$licences/swift.copyright"; done
for checkout in "$root"/.build/alone/checkouts/*; do
    for file in "$checkout"/LICENSE*; do
        [ -f "$file" ] && cp "$file" "$licences/$(basename "$checkout").copyright"
    done
done
# What it asks of the system: the newest symbol of the C library that it names.
glibc=$(objdump -T "$program" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -1)
tar -C "$stage" --owner=0 --group=0 --sort=name -czf "$folder/$name.tar.gz" "$name"
echo "$folder/$name.tar.gz (${glibc/_/ } or newer)"
