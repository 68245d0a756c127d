// A topic's run against its judgments: the grades in rank order, which most measures need alone.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "evals/trec/judgments.h"
#include "evals/trec/run.h"

namespace interposer::evals::trec {

inline constexpr std::int32_t kNotInPool = -1;  // not in the judgments
inline constexpr std::int32_t kUnjudged = -2;   // in the pool, and nobody judged it

struct RankOptions {
  std::int64_t level = 1;             // grades from here on are relevant
  std::int64_t docs_max = INT64_MAX;  // per topic, the rest is discarded
  bool judged_only = false;
};

struct Ranking {
  std::vector<std::int32_t> grades;  // in rank order
  std::vector<std::int64_t> levels;  // judged documents of each grade
  std::int64_t relevant = 0;         // judged relevant, retrieved or not
  std::int64_t relevant_retrieved = 0;
  std::int64_t level = 1;
  std::int64_t retrieved() const { return static_cast<std::int64_t>(grades.size()); }
  bool is_relevant(std::size_t rank_index) const { return grades[rank_index] >= level; }
};

// Highest score first; equal scores by descending document id in byte order. The file's rank plays
// no part. Cuts to `docs_max`.
void order_docs(RunTopic& topic, std::int64_t docs_max);

// Ranks ordered topics; reuse one object for many, it keeps its table.
class Ranker {
 public:
  // A document that is retrieved twice is an error.
  Result<Ranking> rank(const RunTopic& ordered, const JudgedGroup& judged,
                       const RankOptions& options);

 private:
  struct Slot {
    std::uint32_t round = 0;  // of the topic that filled it
    std::uint32_t hash = 0;
    const char* id = nullptr;
    std::uint32_t size = 0;
    std::int32_t grade = 0;
    bool retrieved = false;
  };
  Slot& find(std::string_view id, std::uint32_t hash);
  void begin(std::size_t documents);

  std::vector<Slot> slots_;
  std::uint32_t round_ = 0;
};

}  // namespace interposer::evals::trec
