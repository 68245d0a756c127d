#include "evals/report/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "base/strings.h"
#include "evals/report/parts.h"

namespace interposer::evals {
namespace {

constexpr std::size_t kQuestionBytes = 120;
constexpr std::size_t kDiffLinesShown = 8;  // of one item

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return out;
}

std::string flips(const MetricComparison& m) {
  std::string out = fmt::format("fixed {}, broken {}", m.fixed, m.broken);
  if (m.epochs) {
    out += fmt::format(", flipped-noise {}", m.noise);
  } else if (m.fixed + m.broken > 0) {
    out += " (one epoch: which of them flip by themselves is unknown)";
  }
  return out;
}

std::string metric_lines(const MetricComparison& m, bool first) {
  std::string out =
      fmt::format("{}{}  A {}  B {}  {}\n", first ? "" : "  ", m.name, number(m.mean_a),
                  number(m.mean_b), upper(stats::verdict_name(m.judgement.verdict)));
  const std::string indent = first ? "  " : "    ";
  out += indent + verdict_sentence(m) + "\n";
  out += fmt::format("{}{} pairs in {} clusters, {} p {}", indent, m.pairs, m.difference.clusters,
                     m.test, p_text(m.p));
  if (m.p_holm != m.p) out += ", Holm " + p_text(m.p_holm);
  out += "; " + flips(m) + "\n";
  if (m.unscored_a + m.unscored_b > 0)
    out += fmt::format("{}not scored: {} in A, {} in B; over all items A {} B {} ({})\n", indent,
                       m.unscored_a, m.unscored_b, number(m.mean_all_a), number(m.mean_all_b),
                       m.over_all ? stats::verdict_name(m.over_all->verdict) : "");
  if (!m.higher_is_better) out += indent + "lower is better: the difference is turned round\n";
  return out;
}

std::string status_line(const Comparison& c) {
  std::vector<std::string> parts;
  for (int i = 1; i < kUnitStatuses; ++i) {
    if (c.status_a[i] + c.status_b[i] == 0) continue;
    parts.push_back(fmt::format("{} {} -> {}", status_name(static_cast<UnitStatus>(i)),
                                c.status_a[i], c.status_b[i]));
  }
  return join(parts, ", ");
}

void append_items(std::string& out, const std::vector<ShownItem>& items) {
  for (const ShownItem& item : items) {
    out += fmt::format("\n{}  {} -> {}  {}\n", item.pair->id, number(item.pair->a),
                       number(item.pair->b), change_name(item.pair->change));
    if (!item.texts_b.input.empty())
      out += "    " + one_line(item.texts_b.input, kQuestionBytes) + "\n";
    if (!item.texts_b.expected.empty())
      out += "    expected: " + one_line(item.texts_b.expected, kQuestionBytes) + "\n";
    std::size_t shown = 0;
    for (const DiffLine& line : item.diff) {
      if (shown++ == kDiffLinesShown) {
        out += "    ...\n";
        break;
      }
      out += fmt::format("    {} {}\n", line.mark, one_line(line.text, kDiffLineBytes + 8));
    }
  }
}

}  // namespace

Result<std::string> comparison_text(const Compared& compared) {
  const Comparison& c = *compared.comparison;
  std::string out = "A  " + describe_run(*compared.a) + "\nB  " + describe_run(*compared.b) + "\n";
  for (const std::string& warning : c.warnings) out += "!  " + warning + "\n";
  for (const std::string& line : left_out_lines(c)) out += "-  " + line + "\n";
  out += "\n";
  for (std::size_t i = 0; i < c.metrics.size(); ++i) out += metric_lines(c.metrics[i], i == 0);
  const std::string totals = totals_line(c.totals), statuses = status_line(c);
  if (!totals.empty()) out += totals + "\n";
  if (!statuses.empty()) out += statuses + "\n";
  IP_TRY(const std::vector<ShownItem> items, shown_items(compared));
  append_items(out, items);
  return out;
}

Result<std::string> comparison_markdown(const Compared& compared) {
  const Comparison& c = *compared.comparison;
  const MetricComparison& first = c.metrics.front();
  std::string out = fmt::format("### Evaluation: **{}** on `{}`{}\n\n",
                                stats::verdict_name(first.judgement.verdict), first.name,
                                c.forced ? " (FORCED: scorers differ)" : "");
  out += fmt::format("- A: {}\n- B: {}\n", markdown_text(describe_run(*compared.a), 300),
                     markdown_text(describe_run(*compared.b), 300));
  out += fmt::format("- {}\n", verdict_sentence(first));
  for (const std::string& warning : c.warnings)
    out += "- :warning: " + markdown_text(warning, 400) + "\n";
  for (const std::string& line : left_out_lines(c)) out += "- " + markdown_text(line, 400) + "\n";
  const std::string totals = totals_line(c.totals), statuses = status_line(c);
  if (!totals.empty()) out += "- " + totals + "\n";
  if (!statuses.empty()) out += "- " + markdown_text(statuses, 400) + "\n";
  out +=
      "\n| metric | A | B | difference | 95 % interval | p (Holm) | n | fixed / broken / noise | "
      "verdict |\n|---|---|---|---|---|---|---|---|---|\n";
  for (const MetricComparison& m : c.metrics)
    out += fmt::format("| {} | {} | {} | {} | [{}, {}] | {} ({}) | {} | {} / {} / {} | {} |\n",
                       markdown_text(m.name, 100), number(m.mean_a), number(m.mean_b),
                       signed_number(m.difference.value), signed_number(m.judgement.interval.low),
                       signed_number(m.judgement.interval.high), p_text(m.p), p_text(m.p_holm),
                       m.pairs, m.fixed, m.broken, m.epochs ? std::to_string(m.noise) : "?",
                       stats::verdict_name(m.judgement.verdict));
  IP_TRY(const std::vector<ShownItem> items, shown_items(compared));
  if (items.empty()) return out;
  out += fmt::format("\n<details><summary>{} items that moved most</summary>\n", items.size());
  for (const ShownItem& item : items) {
    out += fmt::format("\n**{}** {} -> {} ({})\n\n", markdown_text(item.pair->id, 100),
                       number(item.pair->a), number(item.pair->b), change_name(item.pair->change));
    if (!item.texts_b.input.empty())
      out += "> " + markdown_text(item.texts_b.input, kQuestionBytes) + "\n\n";
    out += "~~~~diff\n";
    std::size_t shown = 0;
    for (const DiffLine& line : item.diff) {
      if (shown++ == kDiffLinesShown) break;
      out += fmt::format("{} {}\n", line.mark, one_line(line.text, kDiffLineBytes + 8));
    }
    out += "~~~~\n";
  }
  return out + "\n</details>\n";
}

std::string comparison_csv(const Compared& compared) {
  std::string out = "id,a,b,delta,change\n";
  for (const ItemPair& item : compared.comparison->items) {
    const auto cell = [](double v) { return std::isnan(v) ? std::string() : fmt::format("{}", v); };
    out += fmt::format("{},{},{},{},{}\n", csv_field(item.id), cell(item.a), cell(item.b),
                       item.scored() ? fmt::format("{}", item.delta) : "",
                       item.scored() ? change_name(item.change) : "unscored");
  }
  return out;
}

std::string comparison_json(const Compared& compared) {
  const Comparison& c = *compared.comparison;
  JsonWriter w;
  w.begin_object().field("a", compared.a->source).field("b", compared.b->source);
  w.field("verdict", stats::verdict_name(c.metrics.front().judgement.verdict));
  w.field("forced", c.forced).field("paired", c.paired);
  w.key("metrics").begin_array();
  for (const MetricComparison& m : c.metrics) {
    w.begin_object()
        .field("name", m.name)
        .field("verdict", stats::verdict_name(m.judgement.verdict));
    w.field("pairs", m.pairs).field("clusters", static_cast<std::int64_t>(m.difference.clusters));
    w.field("a", m.mean_a).field("b", m.mean_b).field("difference", m.difference.value);
    w.field("low", m.judgement.interval.low).field("high", m.judgement.interval.high);
    w.field("margin", m.judgement.margin).field("test", m.test).field("p", m.p);
    w.field("p_holm", m.p_holm).field("fixed", m.fixed).field("broken", m.broken);
    w.field("visible_effect", m.judgement.visible_effect);
    if (m.judgement.n_needed) w.field("n_needed", *m.judgement.n_needed);
    if (m.epochs) w.field("noise", m.noise);
    w.field("unscored_a", m.unscored_a).field("unscored_b", m.unscored_b).end_object();
  }
  w.end_array();
  const auto list = [&w](std::string_view name, const std::vector<std::string>& texts) {
    w.key(name).begin_array();
    for (const std::string& text : texts) w.string(text);
    w.end_array();
  };
  list("changed", c.changed);
  list("only_a", c.only_a);
  list("only_b", c.only_b);
  list("warnings", c.warnings);
  w.key("items").begin_array();
  for (std::size_t i = 0; i < std::min(compared.items_shown, c.items.size()); ++i) {
    const ItemPair& item = c.items[i];
    w.begin_object().field("id", item.id).field("a", item.a).field("b", item.b);
    w.field("delta", item.delta).field("change", change_name(item.change)).end_object();
  }
  w.end_array().end_object();
  return w.take() + "\n";
}

}  // namespace interposer::evals
