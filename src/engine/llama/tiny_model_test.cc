#include "engine/llama/tiny_model.h"

#include <ggml.h>
#include <gguf.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "base/temp_dir.h"
#include "engine/llama/model.h"

namespace interposer::engine::llama {
namespace {

constexpr std::int64_t kWidth = 128, kHeads = 2, kKvWidth = 64, kLayers = 2, kFeed = 256;

constexpr const char* kPlainTemplate =
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

constexpr const char* kToolTemplate =
    "{%- if tools %}<|im_start|>system\nFunctions:\n{%- for t in tools %}\n{{ t | tojson }}"
    "{%- endfor %}\nAnswer with <tool_call>{\"name\": ..., \"arguments\": ...}</tool_call>"
    "<|im_end|>\n{%- endif %}"
    "{%- for m in messages %}"
    "{%- if m.role == 'tool' %}<|im_start|>user\n<tool_response>\n{{ m.content }}\n"
    "</tool_response><|im_end|>\n"
    "{%- else %}<|im_start|>{{ m.role }}\n{{ m.content or '' }}"
    "{%- if m.tool_calls %}{%- for c in m.tool_calls %}\n<tool_call>\n"
    "{\"name\": \"{{ c.function.name }}\", \"arguments\": {{ c.function.arguments | tojson }}}\n"
    "</tool_call>{%- endfor %}{%- endif %}<|im_end|>\n{%- endif %}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}<|im_start|>assistant\n{%- endif %}";

struct Vocabulary {
  std::vector<std::string> tokens;
  std::vector<float> scores;
  std::vector<std::int32_t> types;
  void add(std::string token, std::int32_t type) {
    tokens.push_back(std::move(token));
    scores.push_back(-static_cast<float>(tokens.size()));
    types.push_back(type);
  }
};

Vocabulary vocabulary() {
  Vocabulary v;
  v.add("<unk>", 2);
  v.add("<s>", 3);
  v.add("<|im_end|>", 3);
  v.add("<|im_start|>", 3);
  for (int byte = 0; byte < 256; ++byte) {
    char text[8];
    std::snprintf(text, sizeof(text), "<0x%02X>", byte);
    v.add(text, 6);
  }
  v.add("\xE2\x96\x81", 1);  // how SentencePiece writes a space
  for (char c = '!'; c <= '~'; ++c) v.add(std::string(1, c), 1);
  for (const char* pair : {"th", "he", "in", "er", "an", "re", "on", "at", "\xC3\xA9"})
    v.add(pair, 1);
  return v;
}

class Writer {
 public:
  explicit Writer(const TinyModel& d) : random_(d.seed), file_(gguf_init_empty()) {
    std::size_t bytes = 64U << 20;
    context_ = ggml_init({.mem_size = bytes, .mem_buffer = nullptr, .no_alloc = false});
  }
  ~Writer() {
    gguf_free(file_);
    ggml_free(context_);
  }
  gguf_context* file() { return file_; }

  void normal(const std::string& name, std::int64_t in, std::int64_t out, float deviation) {
    ggml_tensor* t = ggml_new_tensor_2d(context_, GGML_TYPE_F32, in, out);
    std::normal_distribution<float> values(0, deviation);
    auto* data = static_cast<float*>(t->data);
    for (std::int64_t i = 0; i < in * out; ++i) data[i] = values(random_);
    add(name, t);
  }
  void ones(const std::string& name, std::int64_t n) {
    ggml_tensor* t = ggml_new_tensor_1d(context_, GGML_TYPE_F32, n);
    auto* data = static_cast<float*>(t->data);
    std::fill(data, data + n, 1.0F);
    add(name, t);
  }

 private:
  void add(const std::string& name, ggml_tensor* t) {
    ggml_set_name(t, name.c_str());
    gguf_add_tensor(file_, t);
  }
  std::mt19937_64 random_;
  gguf_context* file_;
  ggml_context* context_;
};

void write_metadata(gguf_context* f, const TinyModel& d, const Vocabulary& v) {
  gguf_set_val_str(f, "general.architecture", "llama");
  gguf_set_val_str(f, "general.name", "tiny");
  gguf_set_val_u32(f, "general.file_type", 0);
  gguf_set_val_u32(f, "llama.context_length", d.context_tokens);
  gguf_set_val_u32(f, "llama.embedding_length", kWidth);
  gguf_set_val_u32(f, "llama.block_count", kLayers);
  gguf_set_val_u32(f, "llama.feed_forward_length", kFeed);
  gguf_set_val_u32(f, "llama.attention.head_count", kHeads);
  gguf_set_val_u32(f, "llama.attention.head_count_kv", 1);
  gguf_set_val_u32(f, "llama.rope.dimension_count", kWidth / kHeads);
  gguf_set_val_f32(f, "llama.attention.layer_norm_rms_epsilon", 1e-5F);
  if (d.pooling > 0) gguf_set_val_u32(f, "llama.pooling_type", d.pooling);
  gguf_set_val_str(f, "tokenizer.ggml.model", "llama");
  std::vector<const char*> tokens;
  for (const auto& t : v.tokens) tokens.push_back(t.c_str());
  gguf_set_arr_str(f, "tokenizer.ggml.tokens", tokens.data(), tokens.size());
  gguf_set_arr_data(f, "tokenizer.ggml.scores", GGUF_TYPE_FLOAT32, v.scores.data(),
                    v.scores.size());
  gguf_set_arr_data(f, "tokenizer.ggml.token_type", GGUF_TYPE_INT32, v.types.data(),
                    v.types.size());
  gguf_set_val_u32(f, "tokenizer.ggml.unknown_token_id", 0);
  gguf_set_val_u32(f, "tokenizer.ggml.bos_token_id", 1);
  gguf_set_val_u32(f, "tokenizer.ggml.eos_token_id", 2);
  gguf_set_val_bool(f, "tokenizer.ggml.add_bos_token", false);
  gguf_set_val_bool(f, "tokenizer.ggml.add_space_prefix", false);
  gguf_set_val_str(f, "tokenizer.chat_template", d.tools ? kToolTemplate : kPlainTemplate);
}

void write_model(const TinyModel& d, const std::string& path) {
  Writer w(d);
  Vocabulary v = vocabulary();
  write_metadata(w.file(), d, v);
  auto words = static_cast<std::int64_t>(v.tokens.size());
  auto by = [](std::int64_t in) { return 1 / std::sqrt(static_cast<float>(in)); };
  w.normal("token_embd.weight", kWidth, words, 1);
  for (std::int64_t i = 0; i < kLayers; ++i) {
    std::string b = "blk." + std::to_string(i) + ".";
    w.ones(b + "attn_norm.weight", kWidth);
    w.normal(b + "attn_q.weight", kWidth, kWidth, 2 * by(kWidth));
    w.normal(b + "attn_k.weight", kWidth, kKvWidth, 2 * by(kWidth));
    w.normal(b + "attn_v.weight", kWidth, kKvWidth, by(kWidth));
    w.normal(b + "attn_output.weight", kWidth, kWidth, by(kWidth));
    w.ones(b + "ffn_norm.weight", kWidth);
    w.normal(b + "ffn_gate.weight", kWidth, kFeed, by(kWidth));
    w.normal(b + "ffn_up.weight", kWidth, kFeed, by(kWidth));
    w.normal(b + "ffn_down.weight", kFeed, kWidth, by(kFeed));
  }
  w.ones("output_norm.weight", kWidth);
  w.normal("output.weight", kWidth, words, 2 * by(kWidth));
  ASSERT_TRUE(gguf_write_to_file(w.file(), path.c_str(), false));
}

const std::string& folder() {
  static const TempDir dir;
  return dir.path();
}

}  // namespace

std::string tiny_model(const TinyModel& d) {
  static std::mutex mutex;
  static std::map<std::string, bool> written;
  std::string path = folder() + "/tiny-" + std::to_string(d.seed) + "-" +
                     std::to_string(d.context_tokens) + (d.tools ? "-tools-" : "-plain-") +
                     std::to_string(d.pooling) + ".gguf";
  std::lock_guard lock(mutex);
  if (!written[path]) {
    write_model(d, path);
    written[path] = true;
  }
  return path;
}

std::string default_model(const std::string& file) {
  const char* share = std::getenv("INTERPOSER_SHARE");
  std::string folder_of = share != nullptr
                              ? std::string(share) + "/models/"
                              : std::string(INTERPOSER_SOURCE_DIR) + "/build/release/share/models/";
  return std::filesystem::exists(folder_of + file) ? folder_of + file : "";
}

namespace {

TEST(ModelFacts, AreReadWithoutLoading) {
  auto facts = read_facts(tiny_model());
  ASSERT_TRUE(facts.ok()) << facts.error().to_string();
  EXPECT_EQ(facts->architecture, "llama");
  EXPECT_EQ(facts->context_tokens, 1024);
  EXPECT_EQ(facts->dimensions, kWidth);
  EXPECT_EQ(facts->vocabulary, static_cast<std::int64_t>(vocabulary().tokens.size()));
  EXPECT_TRUE(facts->has_template);
  EXPECT_FALSE(facts->encoder_only);
  // two layers of norms, attention and feed-forward; embeddings, output and the last norm
  std::int64_t layer =
      2 * kWidth + 2 * kWidth * kWidth + 2 * kWidth * kKvWidth + 3 * kWidth * kFeed;
  EXPECT_EQ(facts->parameters, kLayers * layer + 2 * kWidth * facts->vocabulary + kWidth);
}

TEST(ModelFacts, IdentityFollowsTheWeightsNotTheName) {
  std::string copy = folder() + "/renamed.gguf";
  std::filesystem::copy_file(tiny_model(), copy, std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(read_facts(tiny_model())->identity, read_facts(copy)->identity);
  EXPECT_NE(read_facts(tiny_model())->identity, read_facts(tiny_model({.seed = 2}))->identity);
}

TEST(ModelFacts, EachBrokenFileHasItsReason) {
  EXPECT_EQ(read_facts(folder() + "/none.gguf").error().kind, "model_missing");
  EXPECT_EQ(read_facts(folder()).error().kind, "model_not_gguf");

  std::string other = folder() + "/text.gguf";
  std::ofstream(other) << std::string(4096, 'x');
  EXPECT_EQ(read_facts(other).error().kind, "model_not_gguf");

  std::string cut = folder() + "/cut.gguf";
  std::filesystem::copy_file(tiny_model(), cut, std::filesystem::copy_options::overwrite_existing);
  auto size = std::filesystem::file_size(cut);
  std::filesystem::resize_file(cut, size - 100'000);
  auto facts = read_facts(cut);
  ASSERT_FALSE(facts.ok());
  EXPECT_EQ(facts.error().kind, "model_truncated");
  EXPECT_NE(facts.error().message.find(std::to_string(size)), std::string::npos);

  for (std::uintmax_t at : {30U, 300U, 3000U}) {  // inside of the metadata
    std::filesystem::resize_file(cut, at);
    EXPECT_EQ(read_facts(cut).error().kind, "model_damaged") << at;
    EXPECT_EQ(Model::load(cut, {}).error().kind, "model_damaged") << at;
  }
}

TEST(Model, TokensGiveTheTextBack) {
  auto model = Model::load(tiny_model(), {});
  ASSERT_TRUE(model.ok()) << model.error().to_string();
  for (std::string text : {"the rain in Spain", "h\xC3\xA9llo \xF0\x9F\x98\x80!", "a\nb\tc", ""}) {
    std::string back;
    for (Token t : (*model)->tokenize(text, false, false)) back += (*model)->piece(t, false);
    EXPECT_EQ(back, text);
  }
  auto control = (*model)->tokenize("<|im_end|>", false, true);
  ASSERT_EQ(control.size(), 1U);
  EXPECT_TRUE((*model)->ends_generation(control[0]));
  EXPECT_EQ((*model)->piece(control[0], false), "");
  EXPECT_GT((*model)->tokenize("<|im_end|>", false, false).size(), 1U);
}

TEST(Model, LoadingStopsWhenAsked) {
  auto model = Model::load(tiny_model(), [](float) { return false; });
  EXPECT_FALSE(model.ok());
}

}  // namespace
}  // namespace interposer::engine::llama
