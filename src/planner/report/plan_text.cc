#include "planner/report/plan_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/strings.h"
#include "planner/place/plan_parts.h"

namespace interposer::planner {
namespace {

std::string number(double value) {
  if (!std::isfinite(value)) return "-";
  if (value != 0 && std::abs(value) < 0.01) return fmt::format("{:.2g}", value);
  if (std::abs(value) >= 100) return fmt::format("{:.0f}", value);
  return fmt::format("{:.3g}", value);
}

std::string pad(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

struct Row {
  std::vector<std::string> cells;
};

std::string table(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.cells.size()));
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      widths[i] = std::max(widths[i], row.cells[i].size());
    }
  }
  std::string out;
  for (const Row& row : rows) {
    std::string line = " ";
    for (std::size_t i = 0; i < row.cells.size(); ++i)
      line += " " + pad(row.cells[i], widths[i] + 1);
    while (!line.empty() && line.back() == ' ') line.pop_back();
    out += line + "\n";
  }
  return out;
}

Row entry_row(const Plan& plan, const Entry& e) {
  const auto maybe = [](const std::optional<Interval3>& v, double unit = 1) {
    return v ? interval_text(*v, unit) : std::string("no claim");
  };
  return {{entry_name(plan, e) + (e.performance.prior_only ? " (prior only)" : ""),
           fmt::format("{}", e.boards), maybe(e.cost_usd_h), maybe(e.usd_per_m),
           interval_text(e.ttft_s), interval_text(e.tpot_s, 1e-3), maybe(e.joules_per_token),
           e.simulated ? fmt::format("{:.1f} %", e.within * 100) : "closed form"}};
}

void add_drivers(const Entry& e, std::string* out) {
  const auto line = [&](const char* what, const Interval3& v) {
    if (v.driver.empty()) return;
    *out +=
        fmt::format("  {}: {} ({:.0f} % of its spread)\n", what, v.driver, 100 * v.driver_share);
  };
  if (e.cost_usd_h) line("cost", *e.cost_usd_h);
  line("latency", e.tpot_s);
  line("boards needed", e.boards_needed);
  if (e.joules_per_token) line("energy", *e.joules_per_token);
}

void add_answer(const Plan& plan, std::string* out) {
  if (!plan.best) {
    *out += "No board and placement is recommended.\n";
    return;
  }
  const Entry& best = plan.entries[*plan.best];
  *out += fmt::format("{} x {}: {} boards", best.replicas + best.prefill_replicas,
                      entry_name(plan, best), best.boards);
  if (best.placement.split) {
    *out += fmt::format(" ({} replicas for prompts, {} for answers)", best.prefill_replicas,
                        best.replicas);
  }
  *out += fmt::format(", {} $/h ({}), {} $ per million answer tokens.\n",
                      interval_text(*best.cost_usd_h), best.price_basis,
                      interval_text(*best.usd_per_m));
  *out += fmt::format("Enough in {:.0f} % of the draws; needed: {} boards. {}.\n",
                      plan.options.confidence * 100, interval_text(best.boards_needed),
                      best.performance.evidence);
  *out += "What moves each number most:\n";
  add_drivers(best, out);
}

void add_frontier(const Plan& plan, std::string* out) {
  if (plan.frontier.empty()) return;
  *out += "\nFrontier of cost, pace and energy (p50 [p5, p95]):\n";
  std::vector<Row> rows = {{{"board and placement", "boards", "$/h", "$/M answer", "TTFT p99 s",
                             "TPOT p99 ms", "J/token", "in limits"}}};
  for (std::size_t k = 0; k < plan.frontier.size() && k < kShownMax; ++k) {
    rows.push_back(entry_row(plan, plan.entries[plan.frontier[k]]));
  }
  *out += table(rows);
  if (plan.frontier.size() > kShownMax) {
    *out += fmt::format("  and {} more (--json has all)\n", plan.frontier.size() - kShownMax);
  }
}

void add_list(const char* title, const std::vector<std::string>& lines, std::string* out) {
  if (lines.empty()) return;
  *out += fmt::format("\n{}:\n", title);
  for (const std::string& line : lines) *out += "  " + line + "\n";
}

}  // namespace

std::string interval_text(const Interval3& v, double unit) {
  if (!std::isfinite(v.p50)) return "none does";
  if (v.p5 == v.p95) return number(v.p50 / unit);
  return fmt::format("{} [{}, {}]", number(v.p50 / unit), number(v.p5 / unit),
                     number(v.p95 / unit));
}

std::string plan_text(const Plan& plan) {
  std::string out;
  const Demand& d = plan.demand;
  out += fmt::format("{}: {:.3g} requests/s of {:.0f} prompt and {:.0f} answer tokens",
                     plan.options.model, d.rate, d.prompt, d.answer);
  if (d.ttft_s > 0) out += fmt::format(", TTFT p99 <= {} s", number(d.ttft_s));
  if (d.tpot_s > 0) out += fmt::format(", TPOT p99 <= {} ms", number(d.tpot_s * 1e3));
  out += "\n\n";
  add_answer(plan, &out);
  add_frontier(plan, &out);
  add_list("What would change the decision", plan.changes, &out);
  out += fmt::format("\n{} boards, {} placements considered, {} possible, {} draws each:\n",
                     plan.boards.size(), plan.considered, plan.possible, plan.draws);
  for (const PrunedCount& p : plan.pruned) {
    out += fmt::format("  {:6} {}, e.g. {}\n", p.count, pruned_name(p.why), p.example);
  }
  add_list("Boards with no possible placement", plan.board_notes, &out);
  add_list("Notes", plan.notes, &out);
  return out;
}

Result<const Entry*> find_entry(const Plan& plan, const std::string& name) {
  std::vector<std::string> names;
  for (const Entry& e : plan.entries) {
    const std::string full = entry_name(plan, e);
    const PlanBoard& board = plan.boards[e.board];
    const auto& aliases = board.card->aliases;
    if (full == name || board.id() == name || board.card->title == name ||
        std::find(aliases.begin(), aliases.end(), name) != aliases.end()) {
      return &e;
    }
    names.push_back(full);
    names.push_back(board.id());
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return make_error(Code::kNotFound, "the plan has no possible entry '" + name + "'",
                    did_you_mean(name, names), "unknown_entry");
}

std::string compare_text(const Plan& plan, const Entry& a, const Entry& b) {
  const auto maybe = [](const std::optional<Interval3>& v, double unit = 1) {
    return v ? interval_text(*v, unit) : std::string("no claim");
  };
  std::vector<Row> rows = {{{"", entry_name(plan, a), entry_name(plan, b)}}};
  const auto add = [&](const char* what, std::string left, std::string right) {
    rows.push_back({{what, std::move(left), std::move(right)}});
  };
  add("meets the limits", a.feasible ? "yes" : "no: " + a.why_not,
      b.feasible ? "yes" : "no: " + b.why_not);
  add("boards", std::to_string(a.boards), std::to_string(b.boards));
  add("boards needed", interval_text(a.boards_needed), interval_text(b.boards_needed));
  add("$/h", maybe(a.cost_usd_h), maybe(b.cost_usd_h));
  add("$/M answer tokens", maybe(a.usd_per_m), maybe(b.usd_per_m));
  add("TTFT p99, s", interval_text(a.ttft_s), interval_text(b.ttft_s));
  add("TPOT p99, ms", interval_text(a.tpot_s, 1e-3), interval_text(b.tpot_s, 1e-3));
  add("kW", maybe(a.watts, 1e3), maybe(b.watts, 1e3));
  add("J/token", maybe(a.joules_per_token), maybe(b.joules_per_token));
  add("evidence", a.performance.evidence, b.performance.evidence);
  return table(rows);
}

}  // namespace interposer::planner
