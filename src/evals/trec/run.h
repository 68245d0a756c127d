// Runs: lines "topic Q0 document rank score run_id". The rank is ignored; what follows run_id too.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evals/trec/personality.h"

namespace interposer::evals::trec {

struct RunDoc {
  const char* id = nullptr;
  std::uint32_t size = 0;
  std::uint32_t hash = 0;  // of the id
  double score = 0;        // in trec_eval 9's personality rounded to float
  std::string_view name() const { return {id, size}; }
};

struct RunTopic {
  std::string_view id;
  std::vector<RunDoc> docs;  // as they come
};

struct Run {
  std::string_view id;           // of the last line
  std::vector<RunTopic> topics;  // ascending by id, byte order
};

std::uint32_t hash_of(std::string_view id);

// `text` must outlive the run, which points into it. `file` names it in errors. A score must be a
// number and not NaN; lines may be in any order.
Result<Run> parse_run(std::string_view text, std::string_view file, Personality personality);

}  // namespace interposer::evals::trec
