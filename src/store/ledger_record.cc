#include "store/ledger_record.h"

#include <boost/json.hpp>

#include "base/json.h"

namespace interposer::store {
namespace {

constexpr const char* kColumns =
    "id, at, trace_id, principal, route, target, model, operation, outcome, input_tokens,"
    " cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_usd, joules,"
    " ttft_ms, total_ms";

struct TextField {
  const char* name;
  std::string UsageRecord::* field;
};
constexpr TextField kTexts[] = {{"id", &UsageRecord::id},
                                {"trace_id", &UsageRecord::trace_id},
                                {"principal", &UsageRecord::principal},
                                {"route", &UsageRecord::route},
                                {"target", &UsageRecord::target},
                                {"model", &UsageRecord::model},
                                {"operation", &UsageRecord::operation},
                                {"outcome", &UsageRecord::outcome}};

struct CountField {
  const char* name;
  std::int64_t UsageRecord::* field;
};
constexpr CountField kCounts[] = {{"at", &UsageRecord::at},
                                  {"input_tokens", &UsageRecord::input_tokens},
                                  {"cache_read_tokens", &UsageRecord::cache_read_tokens},
                                  {"cache_write_tokens", &UsageRecord::cache_write_tokens},
                                  {"output_tokens", &UsageRecord::output_tokens},
                                  {"reasoning_tokens", &UsageRecord::reasoning_tokens}};

std::optional<double> optional_real(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.real(column);
}

double number_or(const boost::json::object& object, const char* name, double otherwise) {
  const auto* value = object.if_contains(name);
  return value && value->is_number() ? value->to_number<double>() : otherwise;
}

}  // namespace

std::string encode_record(const UsageRecord& record) {
  JsonWriter w;
  w.begin_object();
  for (const auto& [name, field] : kTexts) w.field(name, record.*field);
  for (const auto& [name, field] : kCounts) w.field(name, record.*field);
  if (record.cost_usd) w.field("cost_usd", *record.cost_usd);
  if (record.joules) w.field("joules", *record.joules);
  w.field("ttft_ms", record.ttft_ms).field("total_ms", record.total_ms).end_object();
  return w.take();
}

Result<UsageRecord> decode_record(std::string_view payload) {
  boost::system::error_code failed;
  const auto value = boost::json::parse(payload, failed);
  if (failed || !value.is_object())
    return make_error(Code::kDataLoss, "the usage journal holds a record that is not JSON");
  const auto& object = value.as_object();
  UsageRecord record;
  for (const auto& [name, field] : kTexts) {
    const auto* text = object.if_contains(name);
    if (text && text->is_string()) record.*field = std::string(text->as_string());
  }
  for (const auto& [name, field] : kCounts) {
    const auto* count = object.if_contains(name);
    if (count && count->is_int64()) record.*field = count->as_int64();
  }
  if (object.contains("cost_usd")) record.cost_usd = number_or(object, "cost_usd", 0);
  if (object.contains("joules")) record.joules = number_or(object, "joules", 0);
  record.ttft_ms = number_or(object, "ttft_ms", 0);
  record.total_ms = number_or(object, "total_ms", 0);
  return record;
}

Status migrate_ledger(Database& db) {
  return db.migrate({R"sql(
    CREATE TABLE usage(
      id TEXT PRIMARY KEY, at INTEGER NOT NULL, trace_id TEXT NOT NULL, principal TEXT NOT NULL,
      route TEXT NOT NULL, target TEXT NOT NULL, model TEXT NOT NULL, operation TEXT NOT NULL,
      outcome TEXT NOT NULL, input_tokens INTEGER NOT NULL, cache_read_tokens INTEGER NOT NULL,
      cache_write_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL,
      reasoning_tokens INTEGER NOT NULL, cost_usd REAL, joules REAL, ttft_ms REAL NOT NULL,
      total_ms REAL NOT NULL) WITHOUT ROWID;
    CREATE INDEX usage_at ON usage(at);
  )sql"});
}

Status fold_records(Database& db, const std::vector<UsageRecord>& records) {
  if (records.empty()) return {};
  return db.transaction([&]() -> Status {
    IP_TRY(auto insert, db.prepare(std::string("INSERT OR IGNORE INTO usage(") + kColumns +
                                   ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
    for (const UsageRecord& r : records) {
      insert.reset();
      insert.bind(1, r.id).bind(2, r.at).bind(3, r.trace_id).bind(4, r.principal).bind(5, r.route);
      insert.bind(6, r.target).bind(7, r.model).bind(8, r.operation).bind(9, r.outcome);
      insert.bind(10, r.input_tokens).bind(11, r.cache_read_tokens).bind(12, r.cache_write_tokens);
      insert.bind(13, r.output_tokens).bind(14, r.reasoning_tokens);
      if (r.cost_usd) insert.bind(15, *r.cost_usd);
      if (r.joules) insert.bind(16, *r.joules);
      insert.bind(17, r.ttft_ms).bind(18, r.total_ms);
      IP_OK(insert.run());
    }
    return {};
  });
}

Result<std::vector<UsageTotal>> ledger_totals(Database& db) {
  IP_TRY(auto query, db.prepare("SELECT model, count(*), sum(input_tokens),"
                                " sum(cache_read_tokens), sum(output_tokens), sum(cost_usd),"
                                " sum(joules) FROM usage GROUP BY model ORDER BY model"));
  std::vector<UsageTotal> totals;
  for (;;) {
    IP_TRY(const bool row, query.step());
    if (!row) return totals;
    UsageTotal total;
    total.model = query.text(0);
    total.requests = query.integer(1);
    total.input_tokens = query.integer(2);
    total.cached_tokens = query.integer(3);
    total.output_tokens = query.integer(4);
    total.cost_usd = optional_real(query, 5);
    total.joules = optional_real(query, 6);
    totals.push_back(std::move(total));
  }
}

Result<std::vector<UsageRecord>> ledger_recent(Database& db, int limit) {
  IP_TRY(auto query, db.prepare(std::string("SELECT ") + kColumns +
                                " FROM usage ORDER BY at DESC, id DESC LIMIT ?"));
  query.bind(1, limit);
  std::vector<UsageRecord> records;
  for (;;) {
    IP_TRY(const bool row, query.step());
    if (!row) return records;
    UsageRecord r;
    r.id = query.text(0);
    r.at = query.integer(1);
    r.trace_id = query.text(2);
    r.principal = query.text(3);
    r.route = query.text(4);
    r.target = query.text(5);
    r.model = query.text(6);
    r.operation = query.text(7);
    r.outcome = query.text(8);
    r.input_tokens = query.integer(9);
    r.cache_read_tokens = query.integer(10);
    r.cache_write_tokens = query.integer(11);
    r.output_tokens = query.integer(12);
    r.reasoning_tokens = query.integer(13);
    r.cost_usd = optional_real(query, 14);
    r.joules = optional_real(query, 15);
    r.ttft_ms = query.real(16);
    r.total_ms = query.real(17);
    records.push_back(std::move(r));
  }
}

}  // namespace interposer::store
