#include "evals/record/result_set.h"

#include <array>

#include "base/strings.h"

namespace interposer::evals {

std::optional<std::size_t> ResultSet::find_metric(std::string_view wanted) const {
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    if (metrics[i].name == wanted) return i;
  }
  return std::nullopt;
}

void ResultSet::set_id(Row& row, std::string_view id) {
  row.id_at = arena.size();
  row.id_size = static_cast<std::uint32_t>(id.size());
  arena += id;
}

std::uint64_t ResultSet::tag_bit(std::string_view tag) {
  for (std::size_t i = 0; i < tags.size(); ++i) {
    if (tags[i] == tag) return std::uint64_t{1} << i;
  }
  if (tags.size() == kTagsMax) return 0;
  tags.emplace_back(tag);
  return std::uint64_t{1} << (tags.size() - 1);
}

// Four texts, each behind its length in decimal digits and a colon.
void put_texts(ResultSet& set, Row& row, const Texts& texts) {
  row.file = kTextInline;
  row.text_at = set.arena.size();
  for (const std::string* text : {&texts.input, &texts.expected, &texts.output, &texts.note}) {
    set.arena += std::to_string(text->size()) + ":";
    set.arena += *text;
  }
  row.text_size = static_cast<std::uint32_t>(set.arena.size() - row.text_at);
}

bool lower_is_better(std::string_view metric) {
  static constexpr std::array<std::string_view, 12> kLower = {
      "perplexity", "word_perplexity", "byte_perplexity", "bits_per_byte", "wer",  "cer",
      "ter",        "brier",           "brier_score",     "latency",       "cost", "unjudged"};
  const std::string name = to_lower(metric.substr(0, metric.find_first_of(",@/:")));
  for (const std::string_view lower : kLower) {
    if (name == lower || name.ends_with("_" + std::string(lower))) return true;
  }
  return name.starts_with("latency") || name.starts_with("cost") || name.starts_with("ttft");
}

}  // namespace interposer::evals
