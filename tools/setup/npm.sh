#!/usr/bin/env bash
# npm.sh FOLDER ARG..: npm in FOLDER, with the Node that set-up brought.
set -euo pipefail
. "$(dirname "$0")/all.sh"
python_env setup
node_env
cd "$1"
shift
export PATH=$node_bin:$PATH npm_config_update_notifier=false
exec "$node_bin/node" "$npm_cli" "$@"
