#!/bin/sh
# Prints the path of a Python that has sqlfluff, whose parser of T-SQL reads what SQL Server is told:
# SQLFLUFF_PYTHON, or one of its own in .iam/tools.
set -eu
cd "$(dirname "$0")/.."

version=4.5.0

if [ -n "${SQLFLUFF_PYTHON:-}" ]; then
    "$SQLFLUFF_PYTHON" -c 'import sqlfluff' || { echo "SQLFLUFF_PYTHON=$SQLFLUFF_PYTHON has no sqlfluff: unset it, or name a Python that has" >&2; exit 1; }
    echo "$SQLFLUFF_PYTHON"
    exit
fi
# The version is in the name, so that another version is another folder.
installed=$PWD/.iam/tools/sqlfluff-$version
if [ -x "$installed/bin/python" ] && [ -e "$installed/whole" ]; then
    echo "$installed/bin/python"
    exit
fi
command -v python3 >/dev/null || { echo "python3 is missing: install Python 3.9 or newer, or set SQLFLUFF_PYTHON" >&2; exit 1; }
if ! python3 -c 'import ensurepip' 2>/dev/null; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "Python's venv is missing: install python3-venv, or set SQLFLUFF_PYTHON" >&2
        exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update >&2
    apt-get -qq install --yes --no-install-recommends python3-venv >&2
fi

echo "Installing sqlfluff $version by pip, once ..." >&2
mkdir -p .iam/tools
rm -rf "$installed"
python3 -m venv "$installed" >&2
"$installed/bin/python" -m pip --quiet --disable-pip-version-check install "sqlfluff==$version" >&2
# Last: a folder that was left in the middle is made anew.
touch "$installed/whole"
echo "$installed/bin/python"
