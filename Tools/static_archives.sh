#!/bin/bash
# static_archives.sh FOLDER: fills FOLDER with links to the archives of the C libraries that the program uses and of what these use,
# and with pkg-config files that lead to them alone: SwiftPM then links them in, and the program needs the system's C and C++
# libraries and nothing else. Prints the linker's flags. Needs the packages of `make deps`, and gfortran for OpenBLAS's LAPACK.
set -euo pipefail
mkdir -p "$1"
folder=$(realpath "$1")
packages="ncursesw openblas sqlite3 libpng libjpeg libtiff-4 libwebp libwebpdemux zlib"
# giflib has no pkg-config file, the module map of libpng calls it by its short name, and OpenBLAS does not say what its part in
# Fortran needs.
names="$(pkg-config --static --libs-only-l $packages | tr ' ' '\n' | sed -n 's/^-l//p') png gif gfortran quadmath"
# The system's own, of whatever version is there.
system=" m c dl rt pthread util "
flags=
for name in $(tr ' ' '\n' <<< "$names" | awk 'NF && !seen[$0]++'); do
    [[ "$system" == *" $name "* ]] && continue
    archive=$(gcc -print-file-name="lib$name.a")
    [ -f "$archive" ] || { echo "static_archives: no archive of lib$name; its -dev package has it" >&2; exit 1; }
    ln -sf "$(realpath "$archive")" "$folder/lib$name.a"
    flags+=" -Xlinker -l$name"
done
for package in $packages tinfo; do
    file=$(pkg-config --variable=pcfiledir "$package")/$package.pc
    sed -e "s#^libdir=.*#libdir=$folder#" -e "s#-L/usr/lib/[^ ]*#-L$folder#g" "$file" > "$folder/$package.pc"
done
echo "-Xlinker --start-group$flags -Xlinker --end-group"
