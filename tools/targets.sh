#!/bin/sh
# Adds the WebAssembly targets that are missing.
set -eu
installed=$(rustup target list --installed 2>/dev/null || true)
for target in wasm32-wasip2 wasm32-unknown-unknown; do
    case "$installed" in
        *"$target"*) ;;
        *)
            echo "Adding the Rust target $target ..." >&2
            rustup target add "$target" >&2 || {
                echo "Could not add it. Run \`rustup target add $target\` and see what it says." >&2
                exit 1
            }
            ;;
    esac
done
