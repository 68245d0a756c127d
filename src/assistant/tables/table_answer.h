// A checked answer from a table: one sentence, the rows, a chart; every number cites its cell.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assistant/citations.h"
#include "assistant/parts.h"
#include "assistant/tables/query.h"

namespace interposer::assistant {

struct TableAnswer {
  std::vector<Said> sentences;  // the answer first, then what is contested, missing or unknown
  AnswerTable table;
  std::optional<AnswerChart> chart;
  Citations citations;
  bool refused = false;  // every figure asked for is blank
  std::string reason;
};

// The best reading among the tables; nullopt when the question is not about one of them.
struct TableChoice {
  const Relation* relation = nullptr;
  Reading reading;
};
std::optional<TableChoice> choose_table(std::string_view question,
                                        const std::vector<Relation>& relations);

Result<TableAnswer> answer_from_table(const TableChoice& choice);

}  // namespace interposer::assistant
