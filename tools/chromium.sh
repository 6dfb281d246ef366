#!/bin/sh
# Prints the path of a Chromium: CHROMIUM_BIN, one on the PATH, or Debian's, installed by apt-get.
set -eu

if [ -n "${CHROMIUM_BIN:-}" ]; then
    [ -x "$CHROMIUM_BIN" ] || { echo "CHROMIUM_BIN=$CHROMIUM_BIN is not a program: unset it, or name a Chromium" >&2; exit 1; }
    echo "$CHROMIUM_BIN"
    exit
fi

find_chromium() {
    for name in chromium chromium-browser google-chrome; do
        command -v "$name" && return
    done
    return 1
}

find_chromium && exit
"$(dirname "$0")/apt.sh" Chromium chromium "set CHROMIUM_BIN to one"
find_chromium
