#!/bin/sh
# Prints the path of a Hydra: HYDRA_BIN, `hydra` on the PATH, or the one built from tools/hydra.
set -eu
cd "$(dirname "$0")/.."

if [ -n "${HYDRA_BIN:-}" ]; then
    [ -x "$HYDRA_BIN" ] || { echo "HYDRA_BIN=$HYDRA_BIN is not a program: unset it, or name a Hydra v2.3" >&2; exit 1; }
    echo "$HYDRA_BIN"
    exit
fi
if command -v hydra; then
    exit
fi
built=$PWD/.iam/tools/hydra
if [ ! -x "$built" ] || [ tools/hydra/go.mod -nt "$built" ]; then
    if ! command -v go >/dev/null; then
        echo "No Hydra and no Go. Either install Go 1.26 or newer (https://go.dev/dl) and run this again," >&2
        echo "or set HYDRA_BIN to a Hydra v2.3 (https://github.com/ory/hydra/releases/tag/v2.3.0)." >&2
        exit 1
    fi
    echo "Building Hydra v2.3.0 from tools/hydra, once: 3 to 5 minutes on two cores ..." >&2
    mkdir -p .iam/tools
    # The SQLite driver is C.
    (cd tools/hydra && CGO_ENABLED=1 go build -tags sqlite,sqlite_omit_load_extension,json1 \
        -ldflags "-s -w" -o "$built.new" .) >&2
    mv "$built.new" "$built"
    echo "Built $built" >&2
fi
echo "$built"
