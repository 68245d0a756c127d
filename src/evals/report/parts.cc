#include "evals/report/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/strings.h"
#include "base/utf8.h"
#include "charts/dataset.h"

namespace interposer::evals {
namespace {

constexpr std::size_t kNamesShown = 5;

std::string names(const std::vector<std::string>& all) {
  const std::size_t shown = std::min(all.size(), kNamesShown);
  const std::vector<std::string> first(all.begin(),
                                       all.begin() + static_cast<std::ptrdiff_t>(shown));
  return join(first, ", ") + (all.size() > shown ? ", ..." : "");
}

std::string count(std::int64_t n) { return charts::format_number(static_cast<double>(n)); }

}  // namespace

std::string number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.4f}", value); }

std::string signed_number(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:+.4f}", value);
}

std::string p_text(double p) { return p < 0.0001 ? "< 0.0001" : fmt::format("{:.4f}", p); }

std::string describe_run(const ResultSet& set) {
  std::string out = set.source + " (" + set.format;
  if (!set.name.empty()) out += ", " + set.name;
  if (!set.model.empty()) out += ", " + set.model;
  return out + ", " + count(static_cast<std::int64_t>(set.rows.size())) + " results)";
}

std::string money(const std::optional<double>& usd) {
  return usd ? fmt::format("${:.4f}", *usd) : "unknown";
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string one_line(std::string_view text, std::size_t bytes_max) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  if (out.size() > bytes_max) out = out.substr(0, utf8_floor(out, bytes_max)) + "...";
  return out;
}

std::string markdown_text(std::string_view text, std::size_t bytes_max) {
  std::string out;
  for (const char c : one_line(text, bytes_max)) {
    if (std::string_view("\\`*_{}[]<>()#+-!|~").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

Result<std::vector<ShownItem>> shown_items(const Compared& compared) {
  std::vector<ShownItem> out;
  for (const ItemPair& pair : compared.comparison->items) {
    if (out.size() == compared.items_shown) break;
    if (pair.delta == 0) break;  // sorted: the rest is the same
    ShownItem item;
    item.pair = &pair;
    IP_TRY(item.texts_a, texts_of(*compared.a, compared.a->rows[pair.row_a]));
    IP_TRY(item.texts_b, texts_of(*compared.b, compared.b->rows[pair.row_b]));
    item.diff = diff_lines(item.texts_a.output, item.texts_b.output);
    out.push_back(std::move(item));
  }
  return out;
}

std::string totals_line(const Totals& t) {
  std::vector<std::string> parts;
  if (t.cost_a || t.cost_b)
    parts.push_back(fmt::format("cost {} -> {}", money(t.cost_a), money(t.cost_b)));
  if (t.median_ms_a && t.median_ms_b)
    parts.push_back(
        fmt::format("median latency {:.0f} -> {:.0f} ms", *t.median_ms_a, *t.median_ms_b));
  if (t.output_tokens_a + t.output_tokens_b > 0)
    parts.push_back(
        fmt::format("output tokens {} -> {}", count(t.output_tokens_a), count(t.output_tokens_b)));
  return join(parts, ", ");
}

std::vector<std::string> left_out_lines(const Comparison& c) {
  std::vector<std::string> out;
  const auto add = [&out](const std::vector<std::string>& ids, std::string_view what) {
    if (!ids.empty())
      out.push_back(fmt::format("{} items left out: {} ({})", ids.size(), what, names(ids)));
  };
  add(c.changed, "their content changed");
  add(c.only_a, "only A has them");
  add(c.only_b, "only B has them");
  return out;
}

}  // namespace interposer::evals
