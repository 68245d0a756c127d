# Everything that running needs, in order. Source it; `run` and `test` do.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
for part in packages python cpu_features llama models web build; do
  . "$top/tools/setup/$part.sh"
done

# Enough room for a first set-up: packages 2.5 GB, llama.cpp's build 0.7, tools and models 0.6, ours 1.
setup_need_mb=5000
check_room() {
  local free
  free=$(df -Pm "$cache" | awk 'NR == 2 {print $4}')
  [ "$free" -ge "$setup_need_mb" ] ||
    die "only $free MB are free where $cache lies, and a first set-up needs $setup_need_mb" \
      "Free some, or set INTERPOSER_CACHE to a folder on a larger disk."
}

setup_machine() {
  require_debian_12
  setup_steps=6
  if [ -f "$setup/once" ]; then
    setup_quiet=yes
  else
    check_room
    echo "Setting Interposer up. The first time takes about 12 minutes on 2 cores; logs are in build/setup."
  fi
  step "Debian packages"
  setup_packages run
  step "tools: Python packages and Node, in $cache"
  python_env setup
  step "llama.cpp"
  setup_llama
  step "default models"
  setup_models
  step "the page"
  setup_web
  step "interposer"
  setup_build release interposer
  touch "$setup/once"
}

setup_done() {
  echo
  echo "Ready. The binary is build/release/interposer; ./run starts it on 127.0.0.1:8080."
}
