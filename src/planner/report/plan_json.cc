#include <cmath>

#include "base/json.h"
#include "planner/place/plan_parts.h"
#include "planner/report/plan_text.h"

namespace interposer::planner {
namespace {

void interval(JsonWriter* out, std::string_view name, const Interval3& v, double unit = 1) {
  out->key(name).begin_object();
  out->field("p5", v.p5 / unit).field("p50", v.p50 / unit).field("p95", v.p95 / unit);
  if (!v.driver.empty()) {
    out->field("driver", v.driver).field("driver_share", v.driver_share);
  }
  out->end_object();
}

void interval(JsonWriter* out, std::string_view name, const std::optional<Interval3>& v) {
  if (v) {
    interval(out, name, *v);
  } else {
    out->key(name).null();
  }
}

void write_entry(JsonWriter* out, const Plan& plan, const Entry& e) {
  out->begin_object();
  out->field("name", entry_name(plan, e)).field("board", plan.boards[e.board].id());
  const Placement& p = e.placement;
  out->field("tensor", p.tensor).field("pipeline", p.pipeline).field("expert", p.expert);
  out->field("split", p.split).field("precision", precision_name(p.precision));
  out->field("engine", p.engine).field("feasible", e.feasible);
  if (!e.why_not.empty()) out->field("why_not", e.why_not);
  out->field("replicas", e.replicas).field("prefill_replicas", e.prefill_replicas);
  out->field("boards", e.boards).field("prior_only", e.performance.prior_only);
  out->field("evidence", e.performance.evidence).field("simulated", e.simulated);
  if (e.simulated) out->field("within_limits", e.within);
  interval(out, "boards_needed", e.boards_needed);
  interval(out, "cost_usd_per_h", e.cost_usd_h);
  interval(out, "usd_per_million_answer_tokens", e.usd_per_m);
  out->field("price_basis", e.price_basis);
  interval(out, "ttft_p99_s", e.ttft_s);
  interval(out, "tpot_p99_s", e.tpot_s);
  interval(out, "watts", e.watts);
  interval(out, "joules_per_token", e.joules_per_token);
  interval(out, "grams_co2e_per_token", e.grams_per_token);
  out->field("kv_tokens", e.kv_tokens);
  out->end_object();
}

void strings(JsonWriter* out, std::string_view name, const std::vector<std::string>& values) {
  out->key(name).begin_array();
  for (const std::string& v : values) out->string(v);
  out->end_array();
}

}  // namespace

std::string plan_json(const Plan& plan) {
  JsonWriter out;
  const Demand& d = plan.demand;
  out.begin_object().field("model", plan.options.model);
  out.key("demand").begin_object();
  out.field("requests_per_s", d.rate).field("prompt_tokens", d.prompt);
  out.field("answer_tokens", d.answer).field("ttft_p99_s", d.ttft_s);
  out.field("tpot_p99_s", d.tpot_s).end_object();
  out.field("boards", static_cast<std::uint64_t>(plan.boards.size()));
  out.field("considered", static_cast<std::uint64_t>(plan.considered));
  out.field("possible", static_cast<std::uint64_t>(plan.possible));
  out.field("draws", static_cast<std::uint64_t>(plan.draws));
  out.key("pruned").begin_array();
  for (const PrunedCount& p : plan.pruned) {
    out.begin_object().field("why", pruned_name(p.why));
    out.field("count", static_cast<std::uint64_t>(p.count)).field("example", p.example);
    out.end_object();
  }
  out.end_array();
  out.key("best");
  if (plan.best) {
    out.string(entry_name(plan, plan.entries[*plan.best]));
  } else {
    out.null();
  }
  out.key("frontier").begin_array();
  for (const std::size_t i : plan.frontier) out.string(entry_name(plan, plan.entries[i]));
  out.end_array();
  out.key("entries").begin_array();
  for (const Entry& e : plan.entries) write_entry(&out, plan, e);
  out.end_array();
  strings(&out, "changes", plan.changes);
  strings(&out, "boards_without_placement", plan.board_notes);
  strings(&out, "notes", plan.notes);
  return out.end_object().take();
}

std::string compare_json(const Plan& plan, const Entry& a, const Entry& b) {
  JsonWriter out;
  out.begin_object().key("a");
  write_entry(&out, plan, a);
  out.key("b");
  write_entry(&out, plan, b);
  return out.end_object().take();
}

}  // namespace interposer::planner
