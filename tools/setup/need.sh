#!/usr/bin/env bash
# need.sh NAME: sets up one thing that a test suite needs, and all that it rests on.
set -euo pipefail
. "$(dirname "$0")/all.sh"
setup_quiet=yes

need_packages() { setup_packages run test; }
need_tools() { need_packages; python_env setup; node_env; }
need_llama() { need_tools; setup_llama; }
need_models() { need_llama; setup_models; }
need_page() { need_tools; setup_web; }
need_build() { need_models; setup_web; setup_build "$@"; }
need_python_test() {
  need_packages
  python_env test
  echo "$python_test" >"$setup/python-test"
}
need_python_evals() {
  need_packages
  python_env evals
  echo "$python_evals" >"$setup/python-evals"
}

require_debian_12
case ${1:?a need} in
  packages) need_packages ;;
  models) need_models ;;
  page) need_page ;;
  release) need_build release interposer ;;
  asan | tsan) need_build "$1" tests ;;
  fuzz) need_build asan fuzzers ;;
  python-test) need_python_test ;;
  python-evals) need_python_evals ;;
  sdk-node) need_tools; npm_modules tests/sdk/node ;;
  page-test) need_tools; npm_modules tests/page ;;
  *) die "no need '$1'" ;;
esac
