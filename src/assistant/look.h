// The blocking half of an answer: tables, then passages and their sentences. Run on the pool.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "assistant/extract/extract.h"
#include "assistant/generate/prompt.h"
#include "assistant/tables/table_answer.h"

namespace interposer::assistant {

struct Looked {
  std::string base;
  std::string question;  // as resolved against earlier turns
  Searched searched;
  std::optional<TableAnswer> table;      // set: this is the answer
  std::optional<Extraction> extraction;  // set: sentences, or a refusal
  std::vector<std::string> route;        // what was tried, for people
};

// kNotFound (kind "unknown_base") with the nearest names.
Result<Looked> look(const knowledge::Knowledge& knowledge, const std::string& base,
                    const std::string& question, std::stop_token stop);

// The candidates as evidence for a model that writes: best first, those that lean on another with
// it.
Result<std::vector<EvidenceSentence>> evidence_for(const knowledge::Knowledge& knowledge,
                                                   const Extraction& extraction);

}  // namespace interposer::assistant
