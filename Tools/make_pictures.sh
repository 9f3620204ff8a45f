#!/bin/bash
# The README's pictures, made anew: the explorer on the bundled study, in an xterm that shows sixels, on a screen of its own.
#
#     Tools/make_pictures.sh .build/release/miclip [FOLDER]
#
# Needs Debian's xvfb, xterm, xdotool, imagemagick, pngquant and fonts-dejavu-core. Writes six pictures to FOLDER (.github);
# studies, findings and themes of your own stay out of it.
set -euo pipefail
program=$(realpath "${1:?expected the program}")
folder=${2:-.github}
resources=$(realpath "${MICLIP_RESOURCES:-.}")
mkdir -p "$folder"
home=$(mktemp -d)
children=()
end() {
    for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
    rm -rf "$home"
}
trap end EXIT

export DISPLAY=:$((90 + $$ % 100))
Xvfb "$DISPLAY" -screen 0 1280x800x24 -nolisten tcp >"$home/xvfb" 2>&1 & children+=($!)
for _ in $(seq 50); do [ -S "/tmp/.X11-unix/X${DISPLAY#:}" ] && break; sleep 0.1; done

# A start without a screen: the models have run when the picture is taken.
export XDG_DATA_HOME=$home/data XDG_CONFIG_HOME=$home/config MICLIP_RESOURCES=$resources LC_ALL=C.UTF-8
unset NO_COLOR COLORTERM
"$program" locate sandal --top 1 >/dev/null
cd "$home"
xterm -tn xterm-256color -ti vt340 -xrm 'XTerm*decTerminalID: vt340' -xrm 'XTerm*numColorRegisters: 1024' -b 4 \
    -bg '#101216' -fg '#dcdcdc' -fa 'DejaVu Sans Mono' -fs 10 -geometry 120x36+0+0 -e "$program" explore --theme dark &
terminal=$!
children+=($terminal)
sleep 5
cd "$OLDPWD"

press() { for key in "$@"; do xdotool key "$key"; sleep 0.4; done; }
text() { xdotool type --delay 120 "$1"; sleep 0.6; }
# picture NAME SECONDS: once the screen has had so long to come to rest
picture() {
    sleep "$2"
    window=$(xdotool search --onlyvisible --class xterm | head -1)
    import -window "$window" png:- | pngquant --speed 1 --strip --output "$folder/$1.png" --force 160 -
    echo "$folder/$1.png: $(stat -c %s "$folder/$1.png") bytes"
}

press Escape slash ctrl+u; text "striped dress"; picture search 2
press ctrl+u; text "sandal"; press Return 2 f; text "sandal"; press Return Down Down Down Down p; picture heat 4
press p f ctrl+u Return 1 Home 3 i; picture steer 3
press c; picture happened 3
press Escape equal 5; picture map 8
press E; picture report "${REPORT_SECONDS:-90}"
press E q
