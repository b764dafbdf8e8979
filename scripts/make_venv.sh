#!/bin/sh
# Make the virtual environment: make_venv.sh PYTHON TARGET
set -eu
python=$1
target=$2
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Onebook needs Python 3.11 or later; found $("$python" --version 2>&1). Name another: make PYTHON=python3.12 …" >&2
    exit 1
fi
if [ -x "$target/bin/pip" ]; then
    exit 0
fi
if "$python" -m venv --clear "$target" 2>/dev/null; then
    exit 0
fi
# Debian splits venv off; as root it can be had at once.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        python3-venv >/dev/null
    exec "$python" -m venv --clear "$target"
fi
echo "Python's venv module is missing; install it: sudo apt-get install python3-venv" >&2
exit 1
