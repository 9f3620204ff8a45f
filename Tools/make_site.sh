#!/bin/bash
# make_site.sh FOLDER: the documents as a site, in FOLDER/site; a warning of docc's ends it.
set -eu
catalog=$(mktemp -d)/miclip.docc
trap 'rm -rf "$(dirname "$catalog")"' EXIT
mkdir -p "$catalog" "$1"
for page in docs/*.md; do
    # Links between the pages as docc has them: a list of them is a group of pages.
    sed -E -e 's#^- \[[^]]*\]\(([a-z-]+)\.md\)$#- <doc:\1>#' -e 's#\]\(([a-z-]+)\.md\)#](doc:\1)#g' "$page" > "$catalog/$(basename "$page")"
done
docc convert "$catalog" --output-path "$1/site" --warnings-as-errors --transform-for-static-hosting \
    --fallback-display-name "MICLIP Explorer" --fallback-bundle-identifier miclip > "$1/site.log" 2>&1 ||
    { cat "$1/site.log" >&2; exit 1; }
