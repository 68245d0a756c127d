#include "planner/report/enforce.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "base/json.h"
#include "planner/place/plan_parts.h"
#include "planner/report/plan_text.h"

namespace interposer::planner {
namespace {

constexpr int kFirstPort = 8001;
constexpr double kSampleTokens = 1000;  // prompt of a BoardProfile's ttft_ms

// Letters, digits and dashes: fits YAML keys, Kubernetes names and provider names.
std::string plain_name(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (plain) {
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out.empty() ? "plan" : out;
}

void optional_field(JsonWriter* out, std::string_view name, double value) {
  out->key(name);
  if (value > 0) {
    out->number(value);
  } else {
    out->null();
  }
}

void write_profile(JsonWriter* out, const Plan& plan, const RouteTarget& target) {
  const boards::StepProfile p = profile_of(plan, *target.entry);
  out->begin_object().field("target", target.provider + "/" + plan.options.model);
  out->field("board", plan.boards[target.entry->board].id());
  out->field("placement", placement_text(target.entry->placement));
  const double first = p.step_s(0, 0, static_cast<float>(kSampleTokens),
                                static_cast<float>(kSampleTokens * kSampleTokens / 2));
  out->field("ttft_ms", first * 1e3);
  out->field("tpot_ms", p.step_s(1, static_cast<float>(kSampleTokens), 0, 0) * 1e3);
  optional_field(out, "usd_per_m_input", static_cast<double>(p.usd_per_m_input));
  optional_field(out, "usd_per_m_output", static_cast<double>(p.usd_per_m_output));
  optional_field(out, "joules_per_token", static_cast<double>(p.joules_per_output));
  out->field("log_sd", target.entry->performance.log_sd);
  out->field("evidence", target.entry->performance.evidence);
  out->field("replicas", target.entry->replicas);
  const auto floats = [&](std::string_view name, std::span<const float> values) {
    out->key(name).begin_array();
    for (const float v : values) out->number(static_cast<double>(v));
    out->end_array();
  };
  floats("base_s", p.base_s);
  floats("context_s", p.context_s);
  out->field("prefill_token_s", static_cast<double>(p.prefill_token_s));
  out->field("prefill_pair_s", static_cast<double>(p.prefill_pair_s));
  out->field("step_tokens", static_cast<double>(p.step_tokens));
  out->field("batch_max", static_cast<double>(p.batch_max));
  out->field("kv_tokens", static_cast<double>(p.kv_tokens));
  out->end_object();
}

std::string resource_of(const PlanBoard& board) {
  if (board.maker == "NVIDIA") return "nvidia.com/gpu";
  if (board.maker == "AMD") return "amd.com/gpu";
  if (board.maker == "Google") return "google.com/tpu";
  if (board.maker == "AWS") return "aws.amazon.com/neuron";
  return "habana.ai/gaudi";
}

std::string launch(const Plan& plan, const Entry& e, std::string_view role) {
  const Placement& p = e.placement;
  std::string out =
      fmt::format("vllm serve {} --tensor-parallel-size {}", plan.options.model, p.tensor);
  if (p.pipeline > 1) out += fmt::format(" --pipeline-parallel-size {}", p.pipeline);
  if (p.expert > 1) out += " --enable-expert-parallel";
  if (p.precision == Precision::kFp8) out += " --quantization fp8 --kv-cache-dtype fp8";
  if (p.precision == Precision::kFp4) out += " --quantization modelopt_fp4 --kv-cache-dtype fp8";
  out += fmt::format(" --max-num-seqs {} --max-num-batched-tokens 8192 --enable-chunked-prefill",
                     e.curve.batch_max());
  out += " --enable-prefix-caching --gpu-memory-utilization 0.95";
  if (!role.empty()) {
    out += fmt::format(
        " --kv-transfer-config '{{\"kv_connector\":\"NixlConnector\",\"kv_role\":\"{}\"}}'", role);
  }
  return out;
}

std::string deployment(const Plan& plan, const Entry& e, const std::string& name, int replicas,
                       const std::string& command) {
  std::string quoted = command;
  for (std::size_t at = 0; (at = quoted.find('\'', at)) != std::string::npos; at += 2) {
    quoted.insert(at, "'");  // YAML's single quotes double
  }
  return fmt::format(
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {0}}}\nspec:\n  replicas: {1}\n"
      "  selector: {{matchLabels: {{app: {0}}}}}\n  template:\n    metadata: {{labels: {{app: "
      "{0}}}}}\n"
      "    spec:\n      containers:\n        - name: engine\n          image: vllm/vllm-openai\n"
      "          command: [\"/bin/sh\", \"-c\"]\n          args: ['{2}']\n"
      "          ports: [{{containerPort: 8000}}]\n          resources: {{limits: {{{3}: {4}}}}}\n"
      "---\napiVersion: v1\nkind: Service\nmetadata: {{name: {0}}}\nspec:\n"
      "  selector: {{app: {0}}}\n  ports: [{{port: 8000}}]\n",
      name, replicas, quoted, resource_of(plan.boards[e.board]), e.placement.boards());
}

}  // namespace

Result<std::vector<RouteTarget>> route_targets(const Plan& plan,
                                               const std::map<std::string, std::string>& urls) {
  if (!plan.best) {
    return make_error(Code::kFailedPrecondition, "the plan recommends nothing to route to",
                      plan.notes.empty() ? "loosen the limits" : plan.notes.back());
  }
  std::vector<RouteTarget> out;
  std::vector<std::size_t> used;
  const auto add = [&](const Entry& e) {
    if (out.size() == kTargetsMax || !e.feasible || !e.cost_usd_h) return;
    if (e.performance.prior_only && !plan.options.prior_best) return;
    if (std::find(used.begin(), used.end(), e.board) != used.end()) return;
    used.push_back(e.board);
    RouteTarget target;
    target.provider = plain_name(entry_name(plan, e));
    const auto given = urls.find(target.provider);
    target.base_url = given != urls.end() ? given->second
                                          : fmt::format("http://127.0.0.1:{}/v1",
                                                        kFirstPort + static_cast<int>(out.size()));
    target.entry = &e;
    out.push_back(std::move(target));
  };
  add(plan.entries[*plan.best]);
  for (const Entry& e : plan.entries) add(e);
  return out;
}

std::string route_config(const Plan& plan, const std::vector<RouteTarget>& targets,
                         const std::string& route) {
  std::string out = fmt::format(
      "# Written by `interposer plan router` for {}: {:.3g} requests/s. Replace the addresses by "
      "those "
      "of your boards.\nproviders:\n",
      plan.options.model, plan.demand.rate);
  for (const RouteTarget& t : targets) {
    const Entry& e = *t.entry;
    out += fmt::format("  # {} boards, TTFT p99 {} s, TPOT p99 {} ms, {} $/h\n", e.boards,
                       interval_text(e.ttft_s), interval_text(e.tpot_s, 1e-3),
                       interval_text(*e.cost_usd_h));
    std::string url;
    append_json_string(url, t.base_url);
    out += fmt::format("  {}: {{dialect: openai, base_url: {}}}\n", t.provider, url);
  }
  out += fmt::format("routes:\n  {}:\n", plain_name(route));
  for (const RouteTarget& t : targets) {
    std::string target;
    append_json_string(target, t.provider + "/" + plan.options.model);
    out += fmt::format("    - {}\n", target);
  }
  return out;
}

std::string profiles_json(const Plan& plan, const std::vector<RouteTarget>& targets) {
  JsonWriter out;
  out.begin_object().field("model", plan.options.model);
  out.field("ttft_limit_s", plan.demand.ttft_s).field("tpot_limit_s", plan.demand.tpot_s);
  out.key("profiles").begin_array();
  for (const RouteTarget& t : targets) write_profile(&out, plan, t);
  return out.end_array().end_object().take();
}

Result<std::vector<std::string>> launch_commands(const Plan& plan, const Entry& entry) {
  if (entry.placement.engine != "vllm") {
    return make_error(
        Code::kUnsupported,
        "launch flags are written for vllm; this entry runs " + entry.placement.engine,
        "plan with --engine vllm");
  }
  if (entry.placement.split) {
    return std::vector<std::string>{launch(plan, entry, "kv_producer"),
                                    launch(plan, entry, "kv_consumer")};
  }
  return std::vector<std::string>{launch(plan, entry, "")};
}

Result<std::string> deploy_manifest(const Plan& plan, const Entry& entry) {
  IP_TRY(const std::vector<std::string> commands, launch_commands(plan, entry));
  const std::string name = plain_name(plan.options.model);
  if (!entry.placement.split) {
    return deployment(plan, entry, name, entry.replicas, commands[0]);
  }
  return deployment(plan, entry, name + "-prefill", entry.prefill_replicas, commands[0]) + "---\n" +
         deployment(plan, entry, name + "-decode", entry.replicas, commands[1]);
}

}  // namespace interposer::planner
