#include "evals/gate/baseline.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <vector>

#include "base/strings.h"
#include "evals/compare/pairs.h"
#include "evals/import/builder.h"

namespace interposer::evals {
namespace {

constexpr std::string_view kHead = "interposer-eval-baseline 1";

// Keeps what people put into names readable in a diff.
std::string field(std::string_view text) {
  if (text.empty()) return "-";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == '%' || byte == 0x7f) {
      out += fmt::format("%{:02X}", byte);
    } else {
      out += c;
    }
  }
  return out == "-" ? "%2D" : out;
}

std::string unfield(std::string_view text) { return text == "-" ? "" : percent_decode(text); }

std::string hex(std::uint64_t value) { return value == 0 ? "-" : fmt::format("{:016x}", value); }

std::string score_field(double value) { return std::isnan(value) ? "-" : fmt::format("{}", value); }

std::string tags_field(const ResultSet& set, std::uint64_t bits) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < set.tags.size(); ++i) {
    if ((bits >> i & 1U) == 0) continue;
    std::string name = field(set.tags[i]);
    for (std::size_t at = 0; (at = name.find(',', at)) != std::string::npos;)
      name.replace(at, 1, "%2C");
    names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names.empty() ? "-" : join(names, ",");
}

class Parser {
 public:
  Parser(std::string_view file) : file_(file) {
    builder_.set.source = file;
    builder_.set.format = "baseline";
  }

  Status line(std::string_view text, std::size_t number) {
    number_ = number;
    const std::vector<std::string_view> fields = split(text, '\t');
    if (fields[0] == "metric") return metric(fields);
    if (fields[0] == "item") return item(fields);
    return error("neither a metric nor an item");
  }

  ResultSet finish() { return builder_.finish(); }

 private:
  Error error(std::string what) const {
    return make_error(Code::kInvalidArgument,
                      fmt::format("{}:{}: {}", file_, number_, std::move(what)),
                      "make it anew: interposer eval baseline accept RUN --out FILE");
  }

  Status metric(const std::vector<std::string_view>& fields) {
    if (fields.size() != 4) return error("a metric has a name, a direction and a scorer");
    if (fields[2] != "higher" && fields[2] != "lower")
      return error("a direction is higher or lower");
    if (builder_.set.find_metric(unfield(fields[1]))) return error("the metric stands twice");
    IP_TRY(const std::size_t column, builder_.metric(unfield(fields[1]), unfield(fields[3])));
    builder_.set.metrics[column].higher_is_better = fields[2] == "higher";
    return {};
  }

  Status item(const std::vector<std::string_view>& fields) {
    const std::size_t metrics = builder_.set.metrics.size();
    if (fields.size() != 5 + metrics) return error(fmt::format("an item has {} scores", metrics));
    bool fresh = false;
    const std::uint32_t index = builder_.row(unfield(fields[1]), 1, &fresh);
    if (!fresh) return error("the item '" + std::string(fields[1]) + "' stands twice");
    Row& row = builder_.set.rows[index];
    if (!number(fields[2], &row.content) || !number(fields[3], &row.cluster))
      return error("content and cluster are 16 hexadecimal digits, or -");
    if (fields[4] != "-") {
      for (const std::string_view tag : split(fields[4], ','))
        row.tags |= builder_.set.tag_bit(percent_decode(tag));
    }
    put_texts(builder_.set, row, {});
    for (std::size_t i = 0; i < metrics; ++i) {
      const std::string_view text = fields[5 + i];
      if (text == "-") continue;
      double value = 0;
      const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
      if (bad != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return error("'" + std::string(text) + "' is no score");
      builder_.score(index, i, value);
    }
    return {};
  }

  static bool number(std::string_view text, std::uint64_t* out) {
    if (text == "-") return true;
    const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), *out, 16);
    return bad == std::errc() && end == text.data() + text.size();
  }

  std::string file_;
  std::size_t number_ = 0;
  SetBuilder builder_;
};

}  // namespace

std::string encode_baseline(const ResultSet& set) {
  std::string out(kHead);
  out += "\n";
  for (const Metric& m : set.metrics)
    out += fmt::format("metric\t{}\t{}\t{}\n", field(m.name),
                       m.higher_is_better ? "higher" : "lower", field(m.scorer));
  const PairedItems items = pair_items(set, set);
  std::map<std::string, std::string> lines;
  for (const auto& [item, same] : items.pairs) {
    const Row& row = set.rows[items.order_a[item.first]];
    std::string line = fmt::format("item\t{}\t{}\t{}\t{}", field(set.id(row)), hex(row.content),
                                   hex(row.cluster), tags_field(set, row.tags));
    for (std::size_t m = 0; m < set.metrics.size(); ++m)
      line += "\t" + score_field(item_score(set, items.order_a, item, m).mean);
    lines.emplace(set.id(row), std::move(line));
  }
  for (const auto& [id, line] : lines) out += line + "\n";
  return out;
}

Result<ResultSet> parse_baseline(std::string_view text, std::string_view file) {
  Parser parser(file);
  std::size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    number += 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (number == 1) {
      if (line == kHead) continue;
      return make_error(Code::kInvalidArgument, fmt::format("{}:1: no baseline", file),
                        "make one: interposer eval baseline accept RUN --out FILE");
    }
    if (trim(line).empty()) continue;
    IP_OK(parser.line(line, number));
  }
  return parser.finish();
}

bool is_baseline(std::string_view text) { return text.starts_with("interposer-eval-baseline "); }

}  // namespace interposer::evals
