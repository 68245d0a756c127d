// For tests: a seeded random model of about 2 MB, written with ggml's own GGUF writer. It says
// nothing sensible, but it loads, batches, shares KV, obeys grammars and embeds like any other.
// Defined in tiny_model_test.cc.
#pragma once

#include <cstdint>
#include <string>

namespace interposer::engine::llama {

struct TinyModel {
  std::uint64_t seed = 1;
  std::uint32_t context_tokens = 1024;
  bool tools = false;         // its template has a place for tools
  std::uint32_t pooling = 0;  // llama.cpp's number; 1: mean
};

// Writes it below the test's temporary folder and gives its path; the same description is written
// once a process.
std::string tiny_model(const TinyModel& description = {});

// Where the default models lie: $INTERPOSER_SHARE/models, else build/release/share/models. Empty
// when `file` is not there (the test skips).
std::string default_model(const std::string& file);

}  // namespace interposer::engine::llama
