#include "evals/run/plan.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/strings.h"
#include "http/client.h"
#include "net/loop.h"

namespace interposer::evals {
namespace {

Result<std::string> prompt_of(const Suite& suite, const Item& item) {
  if (!suite.prompt) return item.input;
  auto rendered = suite.prompt->render(item.json);
  if (!rendered) return std::move(rendered).error().within("item '" + item.id + "'");
  return rendered;
}

void write_sampling(JsonWriter& w, const Runner& r, int epoch) {
  w.field("max_tokens", r.max_tokens);
  if (r.temperature) w.field("temperature", *r.temperature);
  if (r.top_p) w.field("top_p", *r.top_p);
  // Epochs differ in their seed, or they would be one and the same answer.
  if (r.seed) w.field("seed", *r.seed + epoch - 1);
  if (!r.stop.empty()) {
    w.key("stop").begin_array();
    for (const std::string& stop : r.stop) w.string(stop);
    w.end_array();
  }
}

std::string chat_body(const Suite& s, const Target& target, const Item& item,
                      const std::string& prompt, int epoch) {
  JsonWriter w;
  w.begin_object().field("model", target.model).key("messages");
  if (!item.messages.empty() && !s.prompt) {
    w.raw(item.messages);
  } else {
    w.begin_array();
    if (!s.system.empty())
      w.begin_object().field("role", "system").field("content", s.system).end_object();
    w.begin_object().field("role", "user").field("content", prompt).end_object().end_array();
  }
  const std::string& tools = item.tools.empty() ? s.runner.tools : item.tools;
  if (!tools.empty()) w.key("tools").raw(tools);
  write_sampling(w, s.runner, epoch);
  w.field("stream", true).key("stream_options").begin_object().field("include_usage", true);
  return w.end_object().end_object().take();
}

std::string completion_body(const Suite& s, const Target& target, const std::string& prompt,
                            int epoch) {
  JsonWriter w;
  w.begin_object().field("model", target.model);
  w.field("prompt", s.system.empty() ? prompt : s.system + "\n" + prompt);
  write_sampling(w, s.runner, epoch);
  w.field("stream", true).key("stream_options").begin_object().field("include_usage", true);
  return w.end_object().end_object().take();
}

void write_own(Unit& unit, const Suite& s, const Target& target, const std::string& question) {
  if (s.runner.kind == RunnerKind::kRetrieve) {
    unit.method = "GET";
    unit.path = "/api/v1/search?q=" + percent_encode(question) +
                "&k=" + std::to_string(s.runner.k) + "&legs=" + percent_encode(s.runner.legs) +
                "&by=document";
    if (!s.runner.base.empty()) unit.path += "&base=" + percent_encode(s.runner.base);
    return;
  }
  unit.path = "/api/v1/ask";
  JsonWriter w;
  w.begin_object().field("question", question);
  if (!s.runner.base.empty()) w.field("base", s.runner.base);
  if (!s.runner.mode.empty()) w.field("mode", s.runner.mode);
  if (!target.model.empty()) w.field("model", target.model);
  unit.body = w.end_object().take();
}

}  // namespace

Result<std::vector<Unit>> plan_units(const Suite& suite, const std::vector<Item>& items) {
  std::vector<Unit> out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    IP_TRY(const std::string prompt, prompt_of(suite, items[i]));
    for (int epoch = 1; epoch <= suite.epochs; ++epoch) {
      for (std::size_t t = 0; t < suite.targets.size(); ++t) {
        const Target& target = suite.targets[t];
        Unit unit;
        unit.item = i;
        unit.target = t;
        unit.epoch = epoch;
        unit.method = "POST";
        switch (suite.runner.kind) {
          case RunnerKind::kChat:
            unit.path = "/chat/completions";
            unit.body = chat_body(suite, target, items[i], prompt, epoch);
            break;
          case RunnerKind::kCompletion:
            unit.path = "/completions";
            unit.body = completion_body(suite, target, prompt, epoch);
            break;
          default:
            write_own(unit, suite, target, prompt);
        }
        unit.key = request_key(target.url + unit.path, unit.body, epoch);
        out.push_back(std::move(unit));
      }
    }
  }
  return out;
}

bool is_free(const Target& target, const Endpoint& endpoint) {
  // A name with a provider before the slash goes out to that provider.
  const bool provider =
      target.model.find('/') != std::string::npos && !target.model.starts_with("assistant/");
  if (!endpoint.socket.empty()) return !provider;
  const auto url = http::Url::parse(endpoint.url);
  if (!url) return false;
  const net::Endpoint host{url->host, url->port, false};
  return host.loopback() && !(endpoint.own && provider);
}

std::optional<double> reserve_usd(const Unit& unit, const Suite& suite, const Endpoint& endpoint) {
  const Target& target = suite.targets[unit.target];
  if (target.price)
    return (static_cast<double>(unit.body.size()) * target.price->input +
            static_cast<double>(suite.runner.max_tokens) * target.price->output) /
           1e6;
  if (is_free(target, endpoint)) return 0.0;
  return std::nullopt;
}

std::int64_t reserve_tokens(const Unit& unit, const Suite& suite) {
  return static_cast<std::int64_t>(unit.body.size()) + suite.runner.max_tokens;
}

std::optional<double> settle_usd(const Response& r, const Target& target,
                                 const Endpoint& endpoint) {
  if (target.price)
    return (static_cast<double>(r.input_tokens) * target.price->input +
            static_cast<double>(r.output_tokens) * target.price->output) /
           1e6;
  if (is_free(target, endpoint)) return 0.0;
  return std::nullopt;
}

Status check_prices(const Suite& suite, const std::vector<Endpoint>& endpoints) {
  if (suite.budget.allow_unpriced) return {};
  for (std::size_t i = 0; i < suite.targets.size(); ++i) {
    const Target& target = suite.targets[i];
    if (target.price || is_free(target, endpoints[i])) continue;
    return make_error(
        Code::kInvalidArgument,
        fmt::format("{}: the price of target '{}' is unknown, so no budget can hold", suite.file,
                    target.name),
        "add to that target:  price: {input: USD_PER_M_TOKENS, output: USD_PER_M_TOKENS}   "
        "(or budget: {allow_unpriced: true})",
        "unpriced");
  }
  return {};
}

}  // namespace interposer::evals
