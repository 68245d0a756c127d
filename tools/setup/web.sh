# The page: src/web/ui -> src/web/ui/dist by npm and Vite, with the Node of our environment and the
# user's own npm settings. Built again only when a source changed; the main build embeds dist/.

web_dir=$top/src/web/ui

web_sources() {
  (cd "$web_dir" && find . \( -name node_modules -o -name dist -o -name .vite \) -prune -o -type f -print0 |
    sort -z | xargs -0 sha256sum; echo "node $node_bin") | hash_text
}

# npm_modules FOLDER: the packages of its lock file, fetched again only when that changed.
npm_modules() {
  local folder=$1 name=modules-${1//\//-} lock
  lock=$(cat "$top/$folder/package-lock.json" <(echo "$node_bin") | hash_text)
  if [ ! -d "$top/$folder/node_modules" ] || ! fresh "$name" "$lock"; then
    note "fetching the packages of $folder"
    trust_system_certificates "$python_setup"
    logged "$name" npm --prefix "$top/$folder" ci --no-audit --no-fund --no-update-notifier
    stamp "$name" "$lock"
  fi
}

setup_web() {
  [ -f "$web_dir/package-lock.json" ] || die "$web_dir has no package-lock.json" "The checkout is not whole: git status shows what is missing."
  node_env
  local sources
  sources=$(web_sources)
  if fresh web "$sources" && [ -f "$web_dir/dist/index.html" ]; then return; fi
  npm_modules src/web/ui
  note "building the page"
  logged npm-build npm --prefix "$web_dir" run build
  stamp web "$sources"
}
