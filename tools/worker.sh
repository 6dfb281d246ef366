#!/bin/sh
# Builds the Worker into components/worker/build, which worker.mjs and wrangler.toml beside it name.
#
# It calls wasm-bindgen, as worker-build does, and no more: worker-build needs OpenSSL's headers
# and fetches programs by itself, and what it adds, a bundle and a restart after a panic, wrangler
# and the few lines of worker.mjs do as well.
set -eu
cd "$(dirname "$0")/.."

# The program must be of the version of the library.
version=$(sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"$/\1/p;}' Cargo.lock)
out=components/worker/build

if [ -n "${WASM_BINDGEN_BIN:-}" ]; then
    bindgen=$WASM_BINDGEN_BIN
    [ -x "$bindgen" ] || { echo "WASM_BINDGEN_BIN=$bindgen is not a program: unset it, or name a wasm-bindgen $version" >&2; exit 1; }
else
    root=$PWD/.iam/tools/wasm-bindgen-$version
    bindgen=$root/bin/wasm-bindgen
    if [ ! -x "$bindgen" ]; then
        echo "Building wasm-bindgen $version, once: 2 minutes on two cores ..." >&2
        # It is built for longer than it ever runs.
        CARGO_PROFILE_RELEASE_OPT_LEVEL=1 cargo install --quiet wasm-bindgen-cli --version "=$version" --no-default-features --bin wasm-bindgen --root "$root" >&2
    fi
fi

tools/targets.sh
echo "Building the Worker ..." >&2
# wasm-bindgen reads sections that stripping would take away, and strips by itself.
CARGO_PROFILE_COMPONENT_STRIP=none \
    cargo build --quiet --profile component --target wasm32-unknown-unknown -p iam-component-worker
built=${CARGO_TARGET_DIR:-target}/wasm32-unknown-unknown/component
new=$built/worker.$$
trap 'rm -rf "$new"' EXIT
trap 'exit 1' HUP INT TERM
"$bindgen" "$built/iam_worker.wasm" \
    --target web --omit-default-module-path --no-typescript \
    --experimental-reset-state-function \
    --remove-name-section --remove-producers-section \
    --out-dir "$new"
# A build that changed nothing disturbs no `wrangler dev` that runs.
if ! diff -rq "$new" "$out" >/dev/null 2>&1; then
    rm -rf "$out"
    mv "$new" "$out"
fi
echo "Built $out: $(($(wc -c <"$out/iam_worker_bg.wasm") / 1024)) KiB of WebAssembly, $(($(gzip -9c "$out/iam_worker_bg.wasm" | wc -c) / 1024)) KiB compressed" >&2
