// Preferences "document A before document B" against a run (Buckley's preference measures).
//
// Documents are numbered: first those judged and retrieved, in rank order, then those judged only.
// So A > B is fulfilled when A's number is the smaller and A was retrieved.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "evals/trec/judgments.h"
#include "evals/trec/run.h"

namespace interposer::evals::trec {

// Judged documents of one topic; the tables have this number squared cells.
inline constexpr std::size_t kPreferenceDocsMax = 16'384;

struct PreferenceCounts {
  std::int64_t fulfilled = 0;
  std::int64_t possible = 0;
  double ratio() const {  // 0 where nothing is possible
    return possible > 0 ? static_cast<double>(fulfilled) / static_cast<double>(possible) : 0;
  }
};

struct PreferenceGroup {
  PreferenceCounts retrieved;  // both documents were retrieved
  PreferenceCounts implied;    // one of the two
  std::int64_t neither = 0;    // none: never fulfilled
  std::int64_t relevant = 0;   // documents with a level over 0
  std::int64_t relevant_retrieved = 0;
  std::int64_t nonrelevant = 0;  // documents with level 0
  std::int64_t nonrelevant_retrieved = 0;
  // The counts when only the first `relevant` (or relevant_retrieved) nonrelevant documents in
  // number order take part; filled when there are more of them than that.
  PreferenceCounts cut_all;
  PreferenceCounts cut_retrieved;

  PreferenceCounts all() const {
    return {retrieved.fulfilled + implied.fulfilled,
            retrieved.possible + implied.possible + neither};
  }
};

// Cell (i, j): in how many groups document i is preferred to document j.
class PreferenceTable {
 public:
  explicit PreferenceTable(std::size_t documents = 0)
      : documents_(documents), cells_(documents * documents, 0) {}
  std::uint16_t& at(std::size_t i, std::size_t j) { return cells_[i * documents_ + j]; }
  std::uint16_t at(std::size_t i, std::size_t j) const { return cells_[i * documents_ + j]; }
  std::size_t documents() const { return documents_; }

 private:
  std::size_t documents_;
  std::vector<std::uint16_t> cells_;
};

struct TopicPreferences {
  std::size_t documents = 0;  // judged
  std::size_t retrieved = 0;  // judged and retrieved
  std::vector<PreferenceGroup> groups;
  PreferenceTable table;
};

// Errors: contradictory preferences inside a group, a document twice in the run, too many
// documents.
Result<TopicPreferences> count_preferences(const RunTopic& topic, const JudgedTopic& judged,
                                           std::int64_t docs_max);

}  // namespace interposer::evals::trec
