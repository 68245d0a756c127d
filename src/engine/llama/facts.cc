// Facts of a GGUF file, read from its metadata without loading weights.
#include <ggml.h>
#include <gguf.h>
#include <llama.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>

#include "engine/llama/guard.h"
#include "engine/llama/log.h"
#include "engine/llama/model.h"

namespace interposer::engine::llama {
namespace {

struct FreeGguf {
  void operator()(gguf_context* c) const { gguf_free(c); }
};
using Gguf = std::unique_ptr<gguf_context, FreeGguf>;

std::string text_of(const gguf_context* file, const std::string& key) {
  std::int64_t id = gguf_find_key(file, key.c_str());
  if (id < 0 || gguf_get_kv_type(file, id) != GGUF_TYPE_STRING) return {};
  return gguf_get_val_str(file, id);
}

std::optional<std::int64_t> integer_of(const gguf_context* file, const std::string& key) {
  std::int64_t id = gguf_find_key(file, key.c_str());
  if (id < 0) return std::nullopt;
  switch (gguf_get_kv_type(file, id)) {
    case GGUF_TYPE_UINT32:
      return gguf_get_val_u32(file, id);
    case GGUF_TYPE_INT32:
      return gguf_get_val_i32(file, id);
    case GGUF_TYPE_UINT64:
      return static_cast<std::int64_t>(gguf_get_val_u64(file, id));
    case GGUF_TYPE_INT64:
      return gguf_get_val_i64(file, id);
    case GGUF_TYPE_UINT16:
      return gguf_get_val_u16(file, id);
    default:
      return std::nullopt;
  }
}

Pooling pooling_of(std::optional<std::int64_t> value) {
  switch (value.value_or(0)) {
    case LLAMA_POOLING_TYPE_MEAN:
      return Pooling::kMean;
    case LLAMA_POOLING_TYPE_CLS:
      return Pooling::kCls;
    case LLAMA_POOLING_TYPE_LAST:
      return Pooling::kLast;
    case LLAMA_POOLING_TYPE_RANK:
      return Pooling::kRank;
    default:
      return Pooling::kNone;
  }
}

Error open_error(const std::string& path, int error) {
  if (error == ENOENT || error == ENOTDIR) {
    return make_error(Code::kNotFound, "there is no model file " + path,
                      "correct the model's path, or run ./run --setup-only for the default models",
                      "model_missing");
  }
  Code code = error == EACCES ? Code::kPermissionDenied : Code::kUnavailable;
  return make_error(code, "opening model " + path + ": " + std::strerror(error),
                    "make the file readable for this user", "model_unreadable");
}

Status check_magic(const std::string& path, std::uint64_t bytes) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> f(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!f) return open_error(path, errno);
  char magic[4] = {};
  if (bytes < 24 || std::fread(magic, 1, 4, f.get()) != 4 || std::memcmp(magic, "GGUF", 4) != 0) {
    return make_error(Code::kDataLoss, "model " + path + " is not a GGUF file",
                      "give a .gguf file (safetensors must be converted first)", "model_not_gguf");
  }
  return {};
}

// Every tensor must lie inside the file: a cut download is found before any weight is read.
Status check_complete(const gguf_context* file, const std::string& path, std::uint64_t bytes) {
  std::uint64_t end = gguf_get_data_offset(file);
  for (std::int64_t i = 0; i < gguf_get_n_tensors(file); ++i) {
    std::uint64_t stop = gguf_get_data_offset(file) + gguf_get_tensor_offset(file, i) +
                         gguf_get_tensor_size(file, i);
    if (stop > end) end = stop;
  }
  if (end <= bytes) return {};
  return make_error(Code::kDataLoss,
                    "model " + path + " is cut off: it has " + std::to_string(bytes) + " of " +
                        std::to_string(end) + " bytes",
                    "fetch the file again", "model_truncated");
}

// FNV-1a over the first and the last 64 KiB of the weights: tells two trainings of one shape apart.
std::uint64_t weights_hash(const std::string& path, std::uint64_t data_offset,
                           std::uint64_t bytes) {
  constexpr std::uint64_t kSample = 64 * 1024;
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> f(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!f) return hash;
  std::string buffer(kSample, '\0');
  for (std::uint64_t at : {data_offset, bytes > kSample ? bytes - kSample : 0}) {
    if (std::fseek(f.get(), static_cast<long>(at), SEEK_SET) != 0) continue;
    std::size_t n = std::fread(buffer.data(), 1, buffer.size(), f.get());
    for (std::size_t i = 0; i < n; ++i) {
      hash = (hash ^ static_cast<unsigned char>(buffer[i])) * 0x100000001b3ULL;
    }
  }
  return hash;
}

std::int64_t count_parameters(const gguf_context* file) {
  std::int64_t total = 0;
  for (std::int64_t i = 0; i < gguf_get_n_tensors(file); ++i) {
    const std::int64_t* ne = gguf_get_tensor_ne(file, i);
    total += ne[0] * ne[1] * ne[2] * ne[3];
  }
  return total;
}

}  // namespace

Result<ModelFacts> read_facts(const std::string& path) {
  start_backend();
  struct stat st{};
  if (::stat(path.c_str(), &st) != 0) return open_error(path, errno);
  if (!S_ISREG(st.st_mode)) {
    return make_error(Code::kInvalidArgument, "model " + path + " is not a file",
                      "give the path of a .gguf file", "model_not_gguf");
  }
  auto bytes = static_cast<std::uint64_t>(st.st_size);
  IP_OK(check_magic(path, bytes));
  ErrorCapture errors;
  Gguf file(gguf_init_from_file(path.c_str(), {.no_alloc = true, .ctx = nullptr}));
  if (!file) {
    return make_error(Code::kDataLoss,
                      "model " + path + " is damaged: " + errors.first("unreadable metadata"),
                      "fetch the file again", "model_damaged");
  }
  IP_OK(check_complete(file.get(), path, bytes));

  ModelFacts facts;
  facts.architecture = text_of(file.get(), "general.architecture");
  facts.name = text_of(file.get(), "general.name");
  facts.file_bytes = bytes;
  const std::string& a = facts.architecture;
  facts.context_tokens = integer_of(file.get(), a + ".context_length").value_or(0);
  facts.dimensions = integer_of(file.get(), a + ".embedding_length").value_or(0);
  facts.pooling = pooling_of(integer_of(file.get(), a + ".pooling_type"));
  if (auto ftype = integer_of(file.get(), "general.file_type")) {
    const char* name = llama_ftype_name(static_cast<llama_ftype>(*ftype));
    if (name != nullptr) facts.quantisation = name;
  }
  std::int64_t tokens = gguf_find_key(file.get(), "tokenizer.ggml.tokens");
  if (tokens >= 0 && gguf_get_kv_type(file.get(), tokens) == GGUF_TYPE_ARRAY) {
    facts.vocabulary = static_cast<std::int64_t>(gguf_get_arr_n(file.get(), tokens));
  }
  facts.has_template = gguf_find_key(file.get(), "tokenizer.chat_template") >= 0;
  facts.encoder_only = a.find("bert") != std::string::npos || a == "t5encoder";
  facts.parameters = count_parameters(file.get());
  char hash[17];
  std::snprintf(
      hash, sizeof(hash), "%016llx",
      static_cast<unsigned long long>(weights_hash(path, gguf_get_data_offset(file.get()), bytes)));
  facts.identity =
      a + ":" + std::to_string(facts.dimensions) + ":" + std::to_string(bytes) + ":" + hash;
  return facts;
}

}  // namespace interposer::engine::llama
