#include "store/ledger_fold.h"

#include <algorithm>
#include <map>

#include "store/ledger_record.h"

namespace interposer::store {
namespace {

constexpr std::size_t kBlockBytes = 64 * 1024;  // of frames in one row
constexpr WallMs kHourMs = 3600 * 1000;

struct Sum {
  UsageEntry key;  // its texts lie in the frames
  std::int64_t requests = 0, input = 0, cache_read = 0, cache_write = 0, output = 0, reasoning = 0;
  std::optional<double> cost_usd, joules;
  double total_ms = 0;
};

void add(std::optional<double>& sum, const std::optional<double>& more) {
  if (more) sum = sum.value_or(0) + *more;
}

// Sums of a batch. Neighbours are mostly alike: the last one found is looked at first.
class Sums {
 public:
  void add(const DecodedRecord& record) {
    const UsageEntry& entry = record.entry;
    const Key key{entry.at / kHourMs, record.key};
    if (last_ == nullptr || last_key_ != key) {
      last_ = &sums_[key];
      last_->key = entry;
      last_key_ = key;
    }
    Sum& sum = *last_;
    sum.requests += 1;
    sum.input += entry.input_tokens;
    sum.cache_read += entry.cache_read_tokens;
    sum.cache_write += entry.cache_write_tokens;
    sum.output += entry.output_tokens;
    sum.reasoning += entry.reasoning_tokens;
    store::add(sum.cost_usd, entry.cost_usd);
    store::add(sum.joules, entry.joules);
    sum.total_ms += entry.total_ms;
  }

  Status store(Database& db) const;

 private:
  using Key = std::pair<std::int64_t, std::string_view>;
  std::map<Key, Sum> sums_;
  Sum* last_ = nullptr;
  Key last_key_;
};

Status Sums::store(Database& db) const {
  IP_TRY(auto upsert, db.prepare(R"sql(
    INSERT INTO usage_sum VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET
      requests = requests + excluded.requests,
      input_tokens = input_tokens + excluded.input_tokens,
      cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens,
      cache_write_tokens = cache_write_tokens + excluded.cache_write_tokens,
      output_tokens = output_tokens + excluded.output_tokens,
      reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
      cost_usd = coalesce(cost_usd + excluded.cost_usd, cost_usd, excluded.cost_usd),
      joules = coalesce(joules + excluded.joules, joules, excluded.joules),
      total_ms = total_ms + excluded.total_ms)sql"));
  for (const auto& [key, sum] : sums_) {
    upsert.reset();
    upsert.bind(1, key.first).bind(2, sum.key.principal).bind(3, sum.key.route);
    upsert.bind(4, sum.key.target).bind(5, sum.key.model).bind(6, sum.key.operation);
    upsert.bind(7, sum.key.outcome).bind(8, sum.requests).bind(9, sum.input);
    upsert.bind(10, sum.cache_read).bind(11, sum.cache_write).bind(12, sum.output);
    upsert.bind(13, sum.reasoning);
    if (sum.cost_usd) upsert.bind(14, *sum.cost_usd);
    if (sum.joules) upsert.bind(15, *sum.joules);
    upsert.bind(16, sum.total_ms);
    IP_OK(upsert.run());
  }
  return {};
}

struct Block {
  std::size_t begin = 0, end = 0;  // bytes of the frames
  std::int64_t records = 0;
  WallMs last_at = 0;
};

Status store_blocks(Database& db, std::string_view frames, const std::vector<Block>& blocks) {
  IP_TRY(auto insert,
         db.prepare("INSERT INTO usage_block(last_at, records, frames) VALUES(?,?,?)"));
  for (const Block& block : blocks) {
    insert.reset();
    insert.bind(1, block.last_at).bind(2, block.records);
    insert.bind_blob(3, {reinterpret_cast<const unsigned char*>(frames.data()) + block.begin,
                         block.end - block.begin});
    IP_OK(insert.run());
  }
  return {};
}

Status store_position(Database& db, JournalPosition through) {
  IP_TRY(auto update, db.prepare("UPDATE usage_folded SET segment = ?, offset = ?"));
  update.bind(1, static_cast<std::int64_t>(through.segment));
  update.bind(2, static_cast<std::int64_t>(through.offset));
  return update.run();
}

std::optional<double> optional_real(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.real(column);
}

bool newer(const UsageRecord& a, const UsageRecord& b) {
  return a.at != b.at ? a.at > b.at : a.id > b.id;
}

// Keeps the `limit` newest, in order.
void keep_newest(std::vector<UsageRecord>& records, std::size_t limit) {
  const std::size_t kept = std::min(limit, records.size());
  std::partial_sort(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(kept),
                    records.end(), newer);
  records.resize(kept);
}

}  // namespace

Status migrate_ledger(Database& db) {
  return db.migrate({R"sql(
    CREATE TABLE usage(
      id TEXT PRIMARY KEY, at INTEGER NOT NULL, trace_id TEXT NOT NULL, principal TEXT NOT NULL,
      route TEXT NOT NULL, target TEXT NOT NULL, model TEXT NOT NULL, operation TEXT NOT NULL,
      outcome TEXT NOT NULL, input_tokens INTEGER NOT NULL, cache_read_tokens INTEGER NOT NULL,
      cache_write_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL,
      reasoning_tokens INTEGER NOT NULL, cost_usd REAL, joules REAL, ttft_ms REAL NOT NULL,
      total_ms REAL NOT NULL) WITHOUT ROWID;
  )sql",
                     // A row a request became sums and blocks: a twentieth of the work a record.
                     R"sql(
    CREATE TABLE usage_sum(
      hour INTEGER NOT NULL, principal TEXT NOT NULL, route TEXT NOT NULL, target TEXT NOT NULL,
      model TEXT NOT NULL, operation TEXT NOT NULL, outcome TEXT NOT NULL,
      requests INTEGER NOT NULL, input_tokens INTEGER NOT NULL, cache_read_tokens INTEGER NOT NULL,
      cache_write_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL,
      reasoning_tokens INTEGER NOT NULL, cost_usd REAL, joules REAL, total_ms REAL NOT NULL,
      PRIMARY KEY(hour, principal, route, target, model, operation, outcome)) WITHOUT ROWID;
    CREATE TABLE usage_block(
      number INTEGER PRIMARY KEY, last_at INTEGER NOT NULL, records INTEGER NOT NULL,
      frames BLOB NOT NULL);
    CREATE INDEX usage_block_last_at ON usage_block(last_at);
    CREATE TABLE usage_folded(segment INTEGER NOT NULL, offset INTEGER NOT NULL);
    INSERT INTO usage_folded VALUES(0, 0);
    INSERT INTO usage_sum SELECT
      at / 3600000, principal, route, target, model, operation, outcome, count(*),
      sum(input_tokens), sum(cache_read_tokens), sum(cache_write_tokens), sum(output_tokens),
      sum(reasoning_tokens), sum(cost_usd), sum(joules), sum(total_ms)
      FROM usage GROUP BY 1, 2, 3, 4, 5, 6, 7;
    DROP TABLE usage;
  )sql"});
}

Status fold_frames(Database& db, std::string_view frames, JournalPosition through) {
  Sums sums;
  std::vector<Block> blocks;
  DecodedRecord record;
  std::size_t at = 0;
  const auto take = [&](std::string_view payload) -> Status {
    IP_OK(decode_record(payload, &record));
    sums.add(record);
    if (blocks.empty() || at - blocks.back().begin >= kBlockBytes) {
      blocks.push_back(Block{at, at, 0, record.entry.at});
    }
    at += frame_bytes(payload.size());
    Block& block = blocks.back();
    block.end = at;
    block.records += 1;
    block.last_at = std::max(block.last_at, record.entry.at);
    return {};
  };
  IP_TRY(const std::size_t whole, read_frames(frames, take));
  if (whole != frames.size()) {
    return make_error(Code::kInternal, "a batch of usage records is torn");
  }
  return db.transaction([&]() -> Status {
    IP_OK(sums.store(db));
    IP_OK(store_blocks(db, frames, blocks));
    return store_position(db, through);
  });
}

Result<JournalPosition> folded_through(Database& db) {
  IP_TRY(auto query, db.prepare("SELECT segment, offset FROM usage_folded"));
  IP_TRY(const bool row, query.step());
  JournalPosition out;
  if (!row)
    return make_error(Code::kDataLoss, "the usage ledger has lost its place in the journal");
  out.segment = static_cast<std::uint64_t>(query.integer(0));
  out.offset = static_cast<std::uint64_t>(query.integer(1));
  return out;
}

Result<std::vector<UsageTotal>> ledger_totals(Database& db) {
  IP_TRY(auto query, db.prepare("SELECT model, sum(requests), sum(input_tokens),"
                                " sum(cache_read_tokens), sum(output_tokens), sum(cost_usd),"
                                " sum(joules) FROM usage_sum GROUP BY model ORDER BY model"));
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
  const auto wanted = static_cast<std::size_t>(std::max(0, limit));
  IP_TRY(auto query, db.prepare("SELECT last_at, frames FROM usage_block ORDER BY last_at DESC"));
  std::vector<UsageRecord> records;
  DecodedRecord record;
  const auto take = [&](std::string_view payload) -> Status {
    IP_OK(decode_record(payload, &record));
    records.emplace_back(record.entry);
    return {};
  };
  while (wanted > 0) {
    IP_TRY(const bool row, query.step());
    if (!row) break;
    // Blocks overlap, as long calls end late: one may still hold newer records than those had.
    if (records.size() >= wanted) {
      keep_newest(records, wanted);
      if (query.integer(0) < records.back().at) break;
    }
    const std::vector<unsigned char> block = query.blob(1);
    const std::string_view frames(reinterpret_cast<const char*>(block.data()), block.size());
    IP_TRY(const std::size_t whole, read_frames(frames, take));
    if (whole != frames.size()) {
      return make_error(Code::kDataLoss, "a block of usage records is damaged");
    }
  }
  keep_newest(records, wanted);
  return records;
}

}  // namespace interposer::store
