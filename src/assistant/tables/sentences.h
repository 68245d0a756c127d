// The sentences of an answer from a table. Used by table_answer.cc.
#pragma once

#include <string>
#include <vector>

#include "assistant/parts.h"
#include "assistant/tables/query.h"

namespace interposer::assistant {

// One row of the result: the relation's cells of the shown columns, with their citation numbers.
struct ShownCell {
  const RelationCell* cell = nullptr;
  int citation = 0;  // 0: blank
};
struct Shown {
  const Relation& relation;
  const Reading& reading;
  const QueryResult& result;
  std::vector<std::vector<ShownCell>> rows;  // by result.rows, result.columns
};

std::string value_text(const RelationColumn& column, const RelationCell& cell);  // "180 or 192 GB"
Said lead_sentence(const Shown& shown);
std::vector<Said> contested_sentences(const Shown& shown);
std::vector<Said> missing_sentences(const Shown& shown);  // blanks asked for
std::vector<Said> unknown_sentences(const Shown& shown);  // names the table lacks

}  // namespace interposer::assistant
