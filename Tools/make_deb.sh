#!/bin/bash
# make_deb.sh PROGRAM FOLDER: a Debian package of PROGRAM, a miclip that is linked with Swift's own libraries, written into FOLDER.
# What it depends on, dpkg-shlibdeps says; who makes it, DEBFULLNAME and DEBEMAIL, or the last commit. Needs dpkg-dev.
set -eu
program=$(realpath "$1")
folder=$(realpath "$2")
root=$(cd "$(dirname "$0")/.." && pwd)
version=$("$program" --version | awk '{ print $2 }')
architecture=$(dpkg --print-architecture)
commit() { git -C "$root" log -1 --format="$1" 2> /dev/null || true; }
maintainer="${DEBFULLNAME:-$(commit %an)} <${DEBEMAIL:-$(commit %ae)}>"
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
umask 022

# dpkg-shlibdeps reads its package's name from there.
mkdir -p "$stage/build/debian" "$stage/files/DEBIAN"
printf 'Source: miclip\n\nPackage: miclip\nArchitecture: any\n' > "$stage/build/debian/control"
# Debian's zsh looks for completions of packages there, and not in site-functions.
make -s -C "$root" install-files PROGRAM="$program" DESTDIR="$stage/files" PREFIX=/usr \
    COMPLETION_zsh=/usr/share/zsh/vendor-completions/_miclip
strip --strip-unneeded --remove-section=.comment --remove-section=.note "$stage/files/usr/bin/miclip"
gzip -9n "$stage"/files/usr/share/man/man1/*.1
depends=$(cd "$stage/build" && dpkg-shlibdeps -O "$stage/files/usr/bin/miclip" 2> "$stage/shlibdeps") || {
    cat "$stage/shlibdeps" >&2
    exit 1
}

documents=$stage/files/usr/share/doc/miclip
mkdir -p "$documents"
{
    printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: MICLIP Explorer\n\n'
    printf 'Files: *\nCopyright: 2026 The MICLIP Explorer authors\nLicense: Expat\n'
    sed -n '/^Permission/,$p' "$root/LICENSE" | sed -e 's/^$/./' -e 's/^/ /'
} > "$documents/copyright"
date=$(commit %cD)
printf 'miclip (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md of the project.\n\n -- %s  %s\n' \
    "$version" "$maintainer" "${date:-$(date -R)}" | gzip -9n > "$documents/changelog.gz"

# The package Yams brings it, for Swift packages cannot ask for Debian's.
overrides=$stage/files/usr/share/lintian/overrides
mkdir -p "$overrides"
echo 'miclip: embedded-library libyaml [usr/bin/miclip]' > "$overrides/miclip"

size=$(du -k -s "$stage/files" | cut -f1)
cat > "$stage/files/DEBIAN/control" <<CONTROL
Package: miclip
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $size
Depends: ${depends#shlibs:Depends=}
Recommends: wordnet-base
Section: science
Priority: optional
Description: explore and steer the units of vision models
 MICLIP Explorer finds what the neurons and features of a vision model stand
 for, in words of a CLIP's space, and steers the model by them: an explorer
 for the terminal, a command line, and the tables that show whether an
 explanation is true.
CONTROL
(cd "$stage/files" && find usr -type f -print0 | sort -z | xargs -0 md5sum) > "$stage/files/DEBIAN/md5sums"
package=$folder/miclip_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zxz --build "$stage/files" "$package" > /dev/null
echo "$package"
