// Relevance judgments in the four formats that trec_eval reads.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evals/trec/personality.h"

namespace interposer::evals::trec {

enum class Format : std::uint8_t {
  kQrels,       // topic iteration document grade
  kQrelsJg,     // the same; the second field names the judge whose judgments form a group
  kPrefs,       // topic group subgroup document level: higher levels are preferred
  kQrelsPrefs,  // qrels read as preferences, the second field as the group
};
std::optional<Format> format_by_name(std::string_view name);  // "qrels", "qrels_jg", ...

// Grades over this are refused: levels are counted in an array.
inline constexpr std::int64_t kGradeMax = 65'535;

struct Judged {
  std::string_view doc;
  std::uint32_t hash = 0;
  std::int32_t grade = 0;  // negative: in the pool and unjudged
};

struct JudgedGroup {  // one judge's; plain qrels have one group
  std::string_view judge;
  std::vector<Judged> docs;  // ascending by document, no duplicates
};

struct Preference {
  std::string_view group;
  std::string_view subgroup;
  std::string_view doc;
  double level = 0;  // 0: judged not relevant
};

struct JudgedTopic {
  std::string_view id;
  std::vector<JudgedGroup> groups;      // ascending by judge; of qrels formats
  std::vector<Preference> preferences;  // of preference formats
};

struct Judgments {
  Format format = Format::kQrels;
  std::vector<JudgedTopic> topics;  // ascending by id, byte order
};

// `text` must outlive the result. Errors name file and line.
Result<Judgments> parse_judgments(std::string_view text, std::string_view file, Format format,
                                  Personality personality);

}  // namespace interposer::evals::trec
