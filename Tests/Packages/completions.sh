#!/bin/bash
# completions.sh DEB: each shell's completion stands in the package where that shell looks for it. Needs zsh and fish.
set -eu
files=$(dpkg-deb -c "$1" | awk '{ print substr($NF, 2) }')
there() { # SHELL FILE FOLDERS: one of the folders has the file
    for folder in $3; do grep -qxF "$folder/$2" <<< "$files" && return; done
    echo "completions.sh: $1 looks for $2 in: $3" >&2
    exit 1
}
there bash miclip /usr/share/bash-completion/completions
there zsh _miclip "$(zsh -fc 'echo $fpath')"
there fish miclip.fish "$(fish -c 'string join " " $fish_complete_path')"
echo "completions.sh: bash, zsh and fish find them"
