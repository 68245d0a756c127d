#include "assistant/tables/query.h"

#include <fmt/format.h>

#include "charts/dataset.h"
#include "store/database.h"

namespace interposer::assistant {
namespace {

constexpr std::int64_t kStepsMax = 5'000'000;  // virtual machine steps of one query

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == '\0') continue;
    if (c == quote) out += quote;
    out += c;
  }
  return out + quote;
}
std::string name(std::string_view text) { return quoted(text, '"'); }
std::string literal(std::string_view text) { return quoted(text, '\''); }

std::vector<std::size_t> shown_columns(const Reading& reading, const Relation& relation) {
  std::vector<std::size_t> out = {relation.key};
  for (const WordFilter& filter : reading.words) {
    if (filter.values.size() > 1) out.push_back(filter.column);
  }
  for (const std::size_t column : reading.columns) {
    if (std::find(out.begin(), out.end(), column) == out.end()) out.push_back(column);
  }
  return out;
}

std::string conditions(const Reading& reading, const Relation& relation) {
  std::vector<std::string> parts;
  if (!reading.rows.empty()) {
    std::vector<std::string> names;
    for (const std::size_t row : reading.rows) {
      names.push_back(literal(relation.rows[row][relation.key].text));
    }
    parts.push_back(fmt::format("{} IN ({})", name(relation.columns[relation.key].name),
                                fmt::join(names, ", ")));
  }
  for (const WordFilter& filter : reading.words) {
    std::vector<std::string> values;
    for (const std::string& value : filter.values) values.push_back(literal(value));
    parts.push_back(fmt::format("{} IN ({})", name(relation.columns[filter.column].name),
                                fmt::join(values, ", ")));
  }
  for (const NumberFilter& filter : reading.numbers) {
    const char* sign =
        filter.direction > 0 ? (filter.or_equal ? ">=" : ">") : (filter.or_equal ? "<=" : "<");
    parts.push_back(
        fmt::format("{} {} {}", name(relation.columns[filter.column].name), sign, filter.value));
  }
  const bool ordered = reading.order != 0 && !reading.columns.empty() && reading.rows.empty();
  if (ordered) parts.push_back(name(relation.columns[reading.columns[0]].name) + " IS NOT NULL");
  return parts.empty() ? "" : fmt::format(" WHERE {}", fmt::join(parts, " AND "));
}

std::string ordering(const Reading& reading, const Relation& relation) {
  if (reading.order != 0 && !reading.columns.empty()) {
    return fmt::format(" ORDER BY {} {}", name(relation.columns[reading.columns[0]].name),
                       reading.order > 0 ? "DESC" : "ASC");
  }
  if (reading.rows.size() < 2) return "";
  std::string cases;
  for (std::size_t i = 0; i < reading.rows.size(); ++i) {
    cases += fmt::format(" WHEN {} THEN {}",
                         literal(relation.rows[reading.rows[i]][relation.key].text), i + 1);
  }
  return fmt::format(" ORDER BY CASE {}{} END", name(relation.columns[relation.key].name), cases);
}

Status fill(store::Database& db, const Relation& relation) {
  std::vector<std::string> columns;
  std::vector<std::string> marks;
  for (const RelationColumn& column : relation.columns) {
    columns.push_back(name(column.name) +
                      (column.type == charts::ColumnType::kNumber ? " REAL" : " TEXT"));
    marks.emplace_back("?");
  }
  IP_OK(db.execute(
      fmt::format("CREATE TABLE {} ({})", name(relation.name), fmt::join(columns, ", "))));
  const std::string insert =
      fmt::format("INSERT INTO {} VALUES ({})", name(relation.name), fmt::join(marks, ","));
  return db.transaction([&]() -> Status {
    for (const auto& row : relation.rows) {
      IP_TRY(auto statement, db.prepare(insert));
      for (std::size_t i = 0; i < row.size(); ++i) {
        const int position = static_cast<int>(i) + 1;
        const RelationCell& cell = row[i];
        if (cell.value.blank) {
          statement.bind_null(position);
        } else if (relation.columns[i].type == charts::ColumnType::kNumber) {
          statement.bind(position, *cell.value.number);
        } else {
          statement.bind(position, std::string_view(cell.text));
        }
      }
      IP_OK(statement.run());
    }
    return {};
  });
}

Result<double> one_number(store::Database& db, const std::string& sql) {
  IP_TRY(auto statement, db.prepare(sql));
  IP_TRY(const bool row, statement.step());
  if (!row || statement.is_null(0)) return 0.0;
  return statement.real(0);
}

std::string aggregate_sql(const Reading& reading, const Relation& relation) {
  std::string what = "count(*)";
  if (reading.intent == Intent::kAverage || reading.intent == Intent::kSum) {
    what = fmt::format("{}({})", reading.intent == Intent::kSum ? "sum" : "avg",
                       name(relation.columns[reading.columns[0]].name));
  } else if (reading.intent != Intent::kCount) {
    return "";
  }
  return fmt::format("SELECT {} FROM {}{}", what, name(relation.name),
                     conditions(reading, relation));
}

}  // namespace

std::string to_sql(const Reading& reading, const Relation& relation) {
  std::vector<std::string> columns;
  for (const std::size_t column : shown_columns(reading, relation)) {
    columns.push_back(name(relation.columns[column].name));
  }
  return fmt::format("SELECT {} FROM {}{}{}{}", fmt::join(columns, ", "), name(relation.name),
                     conditions(reading, relation), ordering(reading, relation),
                     reading.rows.empty() ? fmt::format(" LIMIT {}", reading.limit) : "");
}

Result<QueryResult> run_query(const Reading& reading, const Relation& relation) {
  IP_TRY(auto db, store::Database::memory());
  IP_OK(fill(*db, relation));
  db->restrict_to_select(kStepsMax);
  QueryResult out;
  out.columns = shown_columns(reading, relation);
  out.sql = to_sql(reading, relation);
  {
    // The same query, asked for the rows' numbers: cells keep their place in the source.
    IP_TRY(auto statement, db->prepare("SELECT rowid" + out.sql.substr(out.sql.find(" FROM "))));
    while (true) {
      IP_TRY(const bool row, statement.step());
      if (!row) break;
      out.rows.push_back(static_cast<std::size_t>(statement.integer(0)) - 1);
    }
  }
  IP_TRY(const double matched,
         one_number(*db, fmt::format("SELECT count(*) FROM {}{}", name(relation.name),
                                     conditions(reading, relation))));
  out.matched = static_cast<std::int64_t>(matched);
  out.aggregate_sql = aggregate_sql(reading, relation);
  if (!out.aggregate_sql.empty()) {
    IP_TRY(const double value, one_number(*db, out.aggregate_sql));
    out.aggregate = value;
  }
  return out;
}

}  // namespace interposer::assistant
