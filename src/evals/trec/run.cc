#define XXH_INLINE_ALL
#include "evals/trec/run.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "evals/trec/text_file.h"

namespace interposer::evals::trec {
namespace {

constexpr std::size_t kIdBytesMax = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kDocsUsual = 1000;  // what most runs give for a topic

// 10^0 .. 10^15, all of them exact.
constexpr std::array<double, 16> kPowersOfTen{1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                              1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

// "-12.5" with at most 15 digits: both the digits and the power of ten are exact doubles, so that
// one division rounds as strtod does (Clinger 1990). False for all else.
bool parse_short_score(std::string_view text, double& score) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 16) return false;
  std::int64_t digits = 0;
  std::size_t count = 0;
  std::size_t fraction = 0;
  bool point = false;
  for (char c : text) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return false;
    digits = digits * 10 + (c - '0');
    ++count;
    fraction += point ? 1 : 0;
  }
  if (count == 0 || count > 15) return false;
  score = static_cast<double>(digits) / kPowersOfTen[fraction];
  if (negative) score = -score;
  return true;
}

bool parse_score(std::string_view text, double& score) {
  if (parse_short_score(text, score)) return true;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), score);
  if (end != text.data() + text.size()) return false;
  if (error == std::errc::result_out_of_range) {  // atof gives 0 or infinity here
    const bool tiny = text.find("e-") != text.npos || text.find("E-") != text.npos;
    score = tiny ? 0 : std::numeric_limits<double>::infinity();
    if (text.starts_with('-')) score = -score;
    return true;
  }
  return error == std::errc() && !std::isnan(score);
}

class TopicIndex {
 public:
  RunTopic& topic(std::string_view id) {
    if (last_ < topics_.size() && topics_[last_].id == id) return topics_[last_];
    const auto [found, fresh] = index_.try_emplace(id, topics_.size());
    if (fresh) {
      topics_.push_back({id, {}});
      topics_.back().docs.reserve(kDocsUsual);
    }
    last_ = found->second;
    return topics_[last_];
  }

  std::vector<RunTopic> take() {
    std::sort(topics_.begin(), topics_.end(),
              [](const RunTopic& a, const RunTopic& b) { return a.id < b.id; });
    return std::move(topics_);
  }

 private:
  std::vector<RunTopic> topics_;
  std::unordered_map<std::string_view, std::size_t> index_;
  std::size_t last_ = 0;
};

}  // namespace

std::uint32_t hash_of(std::string_view id) {
  return static_cast<std::uint32_t>(XXH3_64bits(id.data(), id.size()));
}

Result<Run> parse_run(std::string_view text, std::string_view file, Personality personality) {
  Run run;
  TopicIndex topics;
  LineReader lines(text);
  while (lines.next_line()) {
    if (has_comments(personality) && lines.first_char() == '#') continue;
    const std::string_view topic = lines.next_field();
    lines.next_field();
    const std::string_view doc = lines.next_field();
    lines.next_field();
    const std::string_view score = lines.next_field();
    run.id = lines.next_field();
    if (run.id.empty()) {
      return line_error(file, lines.line_number(), "fewer than the six fields of a run",
                        "write: topic Q0 document rank score run_id");
    }
    if (doc.size() > kIdBytesMax) {
      return line_error(file, lines.line_number(), "a document id over 4 GiB", "shorten it");
    }
    RunDoc entry{doc.data(), static_cast<std::uint32_t>(doc.size()), hash_of(doc), 0};
    if (!parse_score(score, entry.score)) {
      return line_error(file, lines.line_number(),
                        "the score '" + std::string(score.substr(0, 40)) + "' is not a number",
                        "write it like 12.5 or -3e-4");
    }
    if (scores_are_float(personality)) entry.score = static_cast<float>(entry.score);
    if (drops_own_document(personality) && doc == topic) {
      topics.topic(topic);  // the topic still counts as retrieved
      continue;
    }
    topics.topic(topic).docs.push_back(entry);
  }
  run.topics = topics.take();
  return run;
}

}  // namespace interposer::evals::trec
