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
if ! command -v apt-get >/dev/null; then
    echo "No Chromium and no apt-get: install Chromium, or set CHROMIUM_BIN to one." >&2
    exit 1
fi
if [ "$(id -u)" != 0 ]; then
    echo "No Chromium: run 'sudo apt-get install chromium', or set CHROMIUM_BIN to one." >&2
    exit 1
fi
echo "Installing Chromium by apt-get, once ..." >&2
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update >&2
apt-get -qq install --yes --no-install-recommends chromium >&2
find_chromium
