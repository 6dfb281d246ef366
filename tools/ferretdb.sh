#!/bin/sh
# Prints the path of a FerretDB v1 for the tests: FERRETDB_BIN, or the one built from tools/ferretdb.
set -eu
cd "$(dirname "$0")/.."

if [ -n "${FERRETDB_BIN:-}" ]; then
    [ -x "$FERRETDB_BIN" ] || { echo "FERRETDB_BIN=$FERRETDB_BIN is not a program: unset it, or name one built from tools/ferretdb" >&2; exit 1; }
    echo "$FERRETDB_BIN"
    exit
fi
built=$PWD/.iam/tools/ferretdb
if [ ! -x "$built" ] || [ tools/ferretdb/go.mod -nt "$built" ] || [ tools/ferretdb/main.go -nt "$built" ] || [ tools/ferretdb.sh -nt "$built" ]; then
    if ! command -v go >/dev/null; then
        echo "No FerretDB and no Go: install Go 1.26 or newer (https://go.dev/dl) and run this again." >&2
        exit 1
    fi
    echo "Building FerretDB v1.24.2 from tools/ferretdb, once: about a minute ..." >&2
    mkdir -p .iam/tools
    # Several tests may find it missing at once.
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    # FerretDB looks a document up by its _id only if the filter has nothing else in it, and reads the
    # whole collection otherwise; what else is in the filter it looks at in either case.
    (
        cd tools/ferretdb
        go mod download github.com/FerretDB/FerretDB
        cp -r "$(go list -m -f '{{.Dir}}' github.com/FerretDB/FerretDB)" "$work/ferretdb"
        chmod -R u+w "$work/ferretdb"
        query=$work/ferretdb/internal/backends/sqlite/collection.go
        grep -q 'params.Filter.Len() == 1' "$query" || { echo "FerretDB is another than it was" >&2; exit 1; }
        sed -i 's/params.Filter.Len() == 1/params.Filter.Len() >= 1/' "$query"
        cp go.mod go.sum "$work"
        go mod edit -replace "github.com/FerretDB/FerretDB=$work/ferretdb" "$work/go.mod"
        CGO_ENABLED=0 go build -modfile "$work/go.mod" -trimpath -ldflags "-s -w" -o "$built.$$" .
    ) >&2
    mv "$built.$$" "$built"
    echo "Built $built" >&2
fi
echo "$built"
