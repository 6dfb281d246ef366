#!/bin/sh
# Prints the path of a ps-http-sim, an independent server of PlanetScale's protocol in front of a MySQL:
# PS_HTTP_SIM_BIN, or the one built from tools/ps-http-sim.
set -eu
cd "$(dirname "$0")/.."

if [ -n "${PS_HTTP_SIM_BIN:-}" ]; then
    [ -x "$PS_HTTP_SIM_BIN" ] || { echo "PS_HTTP_SIM_BIN=$PS_HTTP_SIM_BIN is not a program: unset it, or name a ps-http-sim v0.0.12" >&2; exit 1; }
    echo "$PS_HTTP_SIM_BIN"
    exit
fi
built=$PWD/.iam/tools/ps-http-sim
if [ ! -x "$built" ] || [ tools/ps-http-sim/go.mod -nt "$built" ]; then
    if ! command -v go >/dev/null; then
        echo "No ps-http-sim and no Go: install Go 1.26 or newer (https://go.dev/dl) and run this again." >&2
        exit 1
    fi
    echo "Building ps-http-sim v0.0.12, once: about a minute ..." >&2
    mkdir -p .iam/tools
    # Several tests may find it missing at once. It is a program of a module, not of ours.
    (cd tools/ps-http-sim && CGO_ENABLED=0 go build -mod=mod -ldflags "-s -w" -o "$built.$$" \
        github.com/mattrobenolt/ps-http-sim) >&2
    mv "$built.$$" "$built"
    echo "Built $built" >&2
fi
echo "$built"
