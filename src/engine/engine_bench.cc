// Speed of the engine through its own scheduler, for bench/engine/run. Prints one JSON object:
// prefill and decode of one stream (as llama-bench measures pp and tg: N tokens each, R runs), and
// eight requests that share a prefix; with an embedder its speed, and the memory of both.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/log.h"
#include "engine/embedder.h"
#include "engine/host.h"
#include "engine/testing.h"

namespace interposer::engine {
namespace {

constexpr auto kPatience = std::chrono::seconds(600);  // a busy machine is slow, not wrong

struct Sizes {
  int prompt = 512, answer = 128, runs = 5;
};

std::vector<Token> noise(const llama::Model& model, std::uint64_t seed, int n) {
  std::vector<Token> out;
  auto words = static_cast<std::uint64_t>(model.facts().vocabulary);
  while (static_cast<int>(out.size()) < n) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    auto token = static_cast<Token>((seed >> 33) % words);
    if (!model.ends_generation(token)) out.push_back(token);
  }
  return out;
}

GenerateTask task(std::vector<Token> prompt, int tokens) {
  GenerateTask t;
  t.prompt = std::move(prompt);
  t.sampling.temperature = 0;
  t.max_tokens = tokens;
  return t;
}

// Answers must not end early: the ends of generation are banned one by one.
void forbid_end(const llama::Model& model, GenerateTask* t) {
  for (Token token = 0; token < model.facts().vocabulary; ++token) {
    if (model.ends_generation(token)) t->sampling.bias.emplace_back(token, -1e9F);
  }
}

Outcome run(Scheduler* scheduler, GenerateTask t) {
  auto sink = std::make_shared<WaitingSink>();
  auto ticket = scheduler->submit(std::move(t), sink);
  if (!ticket) {
    std::fprintf(stderr, "%s\n", ticket.error().to_string().c_str());
    std::exit(1);
  }
  const Outcome* end = sink->wait(kPatience);
  if (end == nullptr || end->error) {
    std::fprintf(stderr, "the answer failed\n");
    std::exit(1);
  }
  return *end;
}

double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}

// Of all threads of this process. On a crowded machine the only figure to compare by.
double cpu_ms() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  auto ms = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1000 + static_cast<double>(t.tv_usec) / 1000;
  };
  return ms(used.ru_utime) + ms(used.ru_stime);
}

void single_stream(const ChatHost& chat, const Sizes& sizes, bool greedy, JsonWriter* out) {
  std::vector<double> prefill, decode, prefill_cpu, decode_cpu;
  for (int i = 0; i <= sizes.runs; ++i) {
    // One token of answer: what the prompt costs. The first run of each warms up.
    auto seed = static_cast<std::uint64_t>(i + (greedy ? 0 : 100));  // nothing is cached
    const double began = cpu_ms();
    Outcome p = run(chat.scheduler.get(), task(noise(*chat.model, 1000 + seed, sizes.prompt), 1));
    const double prefilled = cpu_ms();
    GenerateTask t = task(noise(*chat.model, 2000 + seed, 1), sizes.answer + 1);
    if (!greedy) {
      t.sampling.temperature = 0.8;
      t.sampling.seed = seed;
    }
    forbid_end(*chat.model, &t);
    Outcome d = run(chat.scheduler.get(), std::move(t));
    const double decoded = cpu_ms();
    if (i == 0) continue;
    prefill_cpu.push_back((prefilled - began) / sizes.prompt);
    decode_cpu.push_back((decoded - prefilled) / (sizes.answer + 1));
    prefill.push_back(sizes.prompt * 1000.0 / *p.usage.telemetry.prefill_ms);
    decode.push_back(*d.usage.telemetry.tokens_per_s);
  }
  out->field("prefill_tokens_per_s", median(prefill)).field("decode_tokens_per_s", median(decode));
  out->field("prefill_cpu_ms_a_token", median(prefill_cpu));
  out->field("decode_cpu_ms_a_token", median(decode_cpu));
}

void shared_prefix(const ChatHost& chat, JsonWriter* out) {
  constexpr int kRequests = 8;
  std::vector<Token> prefix = noise(*chat.model, 77, 1000);
  std::vector<std::shared_ptr<WaitingSink>> sinks;
  TimePoint begin = steady_now();
  for (int i = 0; i < kRequests; ++i) {
    std::vector<Token> prompt = prefix;
    auto own = noise(*chat.model, static_cast<std::uint64_t>(500 + i), 20);
    prompt.insert(prompt.end(), own.begin(), own.end());
    sinks.push_back(std::make_shared<WaitingSink>());
    GenerateTask t = task(std::move(prompt), 16);
    forbid_end(*chat.model, &t);
    if (!chat.scheduler->submit(std::move(t), sinks.back())) std::exit(1);
  }
  std::vector<double> ttft;
  std::int64_t computed = 0;
  for (auto& sink : sinks) {
    const Outcome* end = sink->wait(kPatience);
    if (end == nullptr || end->error) std::exit(1);
    ttft.push_back(*end->usage.telemetry.ttft_ms);
    computed += end->usage.tokens.input;
  }
  out->field("wall_ms", to_ms(steady_now() - begin));
  out->field("ttft_ms_p50", median(ttft));
  out->field("ttft_ms_last", *std::max_element(ttft.begin(), ttft.end()));
  out->field("prompt_tokens_computed", computed);
}

// Texts of 122 tokens, as inference.md D12 measures the default embedder.
void embedding(ModelHost* host, JsonWriter* out) {
  constexpr int kTexts = 100, kTokens = 122;
  auto embed = host->embed();
  if (!embed) {
    std::fprintf(stderr, "%s\n", embed.error().to_string().c_str());
    std::exit(1);
  }
  std::string text = "memory";  // one token; the model adds two around a text
  for (int i = 1; i < kTokens - 2; ++i) text += i % 9 == 0 ? " chip" : " memory";
  Embedder embedder(host);
  if (!embedder.embed({text}, {})) std::exit(1);
  TimePoint begin = steady_now();
  if (!embedder.embed(std::vector<std::string>(kTexts, text), {})) std::exit(1);
  out->field("texts_per_s", kTexts * 1000.0 / to_ms(steady_now() - begin));
  out->field("tokens_a_text",
             static_cast<std::int64_t>((*embed)->model->tokenize(text, true, false).size()));
}

// What the process holds, shared pages counted by their share.
std::int64_t pss_mib() {
  std::ifstream file("/proc/self/smaps_rollup");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("Pss:", 0) == 0) return std::atoll(line.c_str() + 4) / 1024;
  }
  return 0;
}

int bench(const char* model, int threads, const char* embed_model) {
  log::set_level(log::Level::kError);
  ModelHost host({.name = "bench", .path = model}, threads);
  auto chat = host.chat();
  if (!chat) {
    std::fprintf(stderr, "%s\n", chat.error().to_string().c_str());
    return 1;
  }
  JsonWriter out;
  out.begin_object().field("threads", threads);
  out.key("greedy").begin_object();
  single_stream(**chat, {}, true, &out);
  out.end_object().key("sampled").begin_object();
  single_stream(**chat, {}, false, &out);
  out.end_object().key("shared_prefix").begin_object();
  shared_prefix(**chat, &out);
  out.end_object();
  if (embed_model != nullptr) {
    ModelHost embed({.name = "embed", .path = embed_model, .kind = ModelKind::kEmbed}, threads);
    out.key("embedding").begin_object();
    embedding(&embed, &out);
    out.end_object().field("pss_mib", pss_mib());
  }
  out.end_object();
  std::printf("%s\n", out.str().c_str());
  return 0;
}

}  // namespace
}  // namespace interposer::engine

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) {
    std::fprintf(stderr, "usage: engine_bench MODEL.gguf THREADS [EMBEDDER.gguf]\n");
    return 2;
  }
  return interposer::engine::bench(argv[1], std::atoi(argv[2]), argc == 4 ? argv[3] : nullptr);
}
