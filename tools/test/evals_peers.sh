#!/usr/bin/env bash
# The evaluator beside its peers of PyPI: tests/evals/differential.py with their Python.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec "$(cat build/setup/python-evals)" tests/evals/differential.py "$PWD/build/release/interposer" "$@"
