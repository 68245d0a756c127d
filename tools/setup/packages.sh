# Debian packages, by apt and with its settings (mirror, proxy, certificates).

package_list() { sed -e 's/#.*//' "$top/tools/setup/packages-$1" | awk 'NF {print $1}'; }

is_debian_12() {
  [ "$(. /etc/os-release 2>/dev/null && echo "${ID:-}:${VERSION_ID:-}")" = debian:12 ] &&
    [ "$(dpkg --print-architecture)" = amd64 ]
}

# On another system: says what is needed, and stops.
require_debian_12() {
  is_debian_12 && return
  local name
  name=$(. /etc/os-release 2>/dev/null && echo "${PRETTY_NAME:-another system}")
  {
    echo "This set-up is made for Debian 12 on x86-64, and this is ${name:-another system}, $(uname -m)."
    echo "It changed nothing. By the names of Debian 12, running needs these packages:"
    echo
    package_list run | fmt -w 90 | sed 's/^/  /'
    echo
    echo "and clang must be 19 or newer. A Debian 12 container is the short way."
  } >&2
  exit 1
}

# missing_packages NAME..: those that dpkg does not have installed; 40 ms, no apt.
missing_packages() {
  comm -23 <(for list in "$@"; do package_list "$list"; done | sort -u) \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | awk '$1 == "installed" {print $2}' | sort -u)
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    local keep=() name
    for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
      if [ -n "${!name:-}" ]; then keep+=("$name=${!name}"); fi
    done
    sudo env "${keep[@]}" "$@"
  else
    die "installing packages needs root, and there is no sudo" "Run this as root once: apt-get install ${missing[*]}"
  fi
}

# setup_packages NAME..: installs what is missing of these lists, and shows how far it is.
setup_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  if [ ${#missing[@]} -eq 0 ]; then return; fi
  note "installing ${#missing[@]}: $(echo "${missing[*]}" | cut -c1-200)"
  apt_progress update || die "apt-get update failed" \
    "Its output is in $setup/apt.log. Check the network, the proxy, and /etc/apt/sources.list."
  apt_progress install -y --no-install-recommends "${missing[@]}" || die "apt-get install failed" \
    "Its output is in $setup/apt.log. By hand: apt-get install ${missing[*]}"
}

# apt reports on descriptor 3: "dlstatus:ITEM:PERCENT:TEXT" and "pmstatus:PACKAGE:PERCENT:TEXT".
apt_progress() {
  local status=0 kind percent text
  while IFS=: read -r kind _ percent text; do
    case $kind in
      dlstatus) progress "fetching ${percent%%.*} %" ;;
      pmstatus) progress "installing ${percent%%.*} %: ${text:0:60}" ;;
    esac
  done < <(
    # sudo closes every descriptor above 2, so the one for progress is opened behind it.
    as_root sh -c 'DEBIAN_FRONTEND=noninteractive exec apt-get -q -o DPkg::Lock::Timeout=600 \
      -o APT::Status-Fd=3 "$@" 3>&1 1>&2' apt-get "$@" 2>"$setup/apt.log" </dev/null
  )
  wait $! || status=$?
  progress_end
  [ "$status" -eq 0 ] || { tail -n 15 "$setup/apt.log" >&2; return 1; }
}
