# Shared by the set-up scripts: where things are, progress, errors, stamps. Source it; do not run it.
#
#   $top        the repository
#   $cache      what can be shared by clones and survives `rm -rf build` (INTERPOSER_CACHE moves it)
#   $setup      this clone's stamps and logs (build/setup)
set -euo pipefail
export LC_ALL=C.UTF-8
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${INTERPOSER_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/interposer}
setup=$top/build/setup
mkdir -p "$setup" "$cache"

# Ends the set-up: what went wrong, then what to do about it.
die() {
  printf '\n%s: %s\n' "$(basename "$0")" "$1" >&2
  shift
  [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}

# One numbered step: "[2/6] llama.cpp". The caller of the steps sets setup_steps. With setup_quiet=yes a step
# that has nothing to do prints nothing: its title comes with its first note or progress.
setup_step=0
setup_steps=0
setup_quiet=no
setup_title=
step() {
  setup_step=$((setup_step + 1))
  setup_title="[$setup_step/$setup_steps] $*"
  if [ "$setup_quiet" = no ]; then show_title; fi
}
show_title() {
  if [ -n "$setup_title" ]; then printf '%s\n' "$setup_title"; fi
  setup_title=
}
note() {
  show_title
  printf '      %s\n' "$*"
}

# How far a step is. On a terminal one line that changes, elsewhere a line every ten seconds.
progress_last=-100
progress() {
  if [ -t 1 ]; then
    show_title
    printf '\r\033[K      %s' "$*"
  elif [ $((SECONDS - progress_last)) -ge 10 ]; then
    note "$*"
    progress_last=$SECONDS
  fi
}
progress_end() {
  if [ -t 1 ]; then printf '\r\033[K'; fi
  [ $# -eq 0 ] || note "$*"
  progress_last=-100
}

# logged NAME COMMAND..: the output goes to build/setup/NAME.log; a failure shows its end.
logged() {
  local log=$setup/$1.log
  shift
  if ! "$@" >"$log" 2>&1 </dev/null; then
    progress_end
    tail -n 25 "$log" >&2
    die "this command failed: $*" "The whole output is in $log." \
      "After mending the cause, the same command goes on where it stopped."
  fi
}

# ninja_progress DIR LABEL TARGET..: builds and shows "LABEL 57/216"; errors are shown whole.
ninja_progress() {
  local dir=$1 label=$2 log line status=0
  shift 2
  log=$setup/$(basename "$dir").ninja.log
  while IFS= read -r line; do
    printf '%s\n' "$line" >&3
    case $line in '%'*) progress "$label ${line#%}" ;; esac
  done 3>"$log" < <(NINJA_STATUS='%%%f/%t ' ninja -C "$dir" "$@" 2>&1 | sed -u 's/^\(%[0-9]*\/[0-9]*\) .*/\1/'
    exit "${PIPESTATUS[0]}") || true
  wait $! || status=$?
  progress_end
  if [ "$status" -ne 0 ]; then
    grep -v '^%' "$log" | tail -n 60 >&2
    die "building $label failed" "The whole output is in $log."
  fi
}

# The SHA-256 of what is on standard input, and of files with their names.
hash_text() { sha256sum | cut -d' ' -f1; }
hash_files() { (cd "$top" && sha256sum "$@") | hash_text; }

# A stamp holds the hash of what a step was made from: `fresh NAME HASH` is true when nothing changed.
fresh() { [ -f "$setup/$1.stamp" ] && [ "$(<"$setup/$1.stamp")" = "$2" ]; }
stamp() {
  printf '%s\n' "$2" >"$setup/$1.stamp.new"
  mv "$setup/$1.stamp.new" "$setup/$1.stamp"
}

# alone NAME COMMAND..: never twice at once on one cache; a second caller waits and says so.
alone() {
  local lock=$cache/$1.lock
  shift
  exec 9>"$lock"
  if ! flock -n 9; then
    note "another set-up is working on this; waiting for it"
    flock 9
  fi
  "$@"
  exec 9>&-
}
