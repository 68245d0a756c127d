// A reading as SQL, run read-only over the rows in an in-memory database: what is shown is what
// ran.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assistant/tables/reading.h"
#include "base/result.h"

namespace interposer::assistant {

struct QueryResult {
  std::string sql;                   // the query whose rows these are
  std::vector<std::size_t> rows;     // of the relation, in the query's order
  std::vector<std::size_t> columns;  // the key column first
  std::int64_t matched = 0;          // rows that fit, before the limit
  std::string aggregate_sql;         // counts, averages and sums: the query behind the figure
  std::optional<double> aggregate;
};

std::string to_sql(const Reading& reading, const Relation& relation);
Result<QueryResult> run_query(const Reading& reading, const Relation& relation);

}  // namespace interposer::assistant
