// Embeds the lines of standard input with llama.cpp alone, for test_convert_embedder.py: one line of
// output a text, its token ids, a bar, its vector. No normalisation: the test does its own.
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "llama.h"

namespace {

std::vector<llama_token> tokenize(const llama_vocab* vocab, const std::string& text) {
  std::vector<llama_token> ids(text.size() + 8);
  const int count = llama_tokenize(vocab, text.data(), static_cast<int>(text.size()), ids.data(),
                                   static_cast<int>(ids.size()), true, false);
  ids.resize(count > 0 ? static_cast<size_t>(count) : 0);
  return ids;
}

bool embed(llama_context* context, const std::vector<llama_token>& ids) {
  llama_batch batch = llama_batch_init(static_cast<int>(ids.size()), 0, 1);
  for (size_t i = 0; i < ids.size(); ++i) {
    batch.token[i] = ids[i];
    batch.pos[i] = static_cast<llama_pos>(i);
    batch.n_seq_id[i] = 1;
    batch.seq_id[i][0] = 0;
    batch.logits[i] = 1;
  }
  batch.n_tokens = static_cast<int>(ids.size());
  const bool ok = llama_encode(context, batch) == 0;
  llama_batch_free(batch);
  return ok;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: embed_lines MODEL.gguf <TEXTS\n");
    return 2;
  }
  llama_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
  llama_backend_init();
  const std::unique_ptr<llama_model, decltype(&llama_model_free)> model(
      llama_model_load_from_file(argv[1], llama_model_default_params()), llama_model_free);
  if (!model) {
    std::fprintf(stderr, "embed_lines: cannot load %s\n", argv[1]);
    return 1;
  }
  llama_context_params params = llama_context_default_params();
  params.n_ctx = params.n_batch = params.n_ubatch = 512;
  params.n_threads = params.n_threads_batch = 2;
  params.embeddings = true;
  const std::unique_ptr<llama_context, decltype(&llama_free)> context(
      llama_init_from_model(model.get(), params), llama_free);
  const int width = llama_model_n_embd(model.get());
  for (std::string line; std::getline(std::cin, line);) {
    const std::vector<llama_token> ids = tokenize(llama_model_get_vocab(model.get()), line);
    if (!context || ids.empty() || !embed(context.get(), ids)) {
      std::fprintf(stderr, "embed_lines: cannot embed: %s\n", line.c_str());
      return 1;
    }
    for (const llama_token id : ids) std::printf("%d ", id);
    std::printf("|");
    const float* vector = llama_get_embeddings_seq(context.get(), 0);
    for (int i = 0; i < width; ++i) std::printf(" %.8g", static_cast<double>(vector[i]));
    std::printf("\n");
  }
  return 0;
}
