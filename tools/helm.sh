#!/bin/sh
# Prints the path of a Helm: HELM_BIN, `helm` on the PATH, or the one built from its module.
set -eu
cd "$(dirname "$0")/.."

if [ -n "${HELM_BIN:-}" ]; then
    [ -x "$HELM_BIN" ] || { echo "HELM_BIN=$HELM_BIN is not a program: unset it, or name a Helm 3" >&2; exit 1; }
    echo "$HELM_BIN"
    exit
fi
if command -v helm; then
    exit
fi
version=v3.19.5
built=$PWD/.iam/tools/helm-$version/helm
if [ ! -x "$built" ]; then
    if ! command -v go >/dev/null; then
        echo "No Helm and no Go: install either (https://helm.sh/docs/intro/install, https://go.dev/dl) and run this again." >&2
        exit 1
    fi
    echo "Building Helm $version, once: 2 minutes on two cores ..." >&2
    GOBIN=$(dirname "$built") GOFLAGS="-trimpath -ldflags=-s" CGO_ENABLED=0 \
        go install "helm.sh/helm/v3/cmd/helm@$version" >&2
    echo "Built $built" >&2
fi
echo "$built"
