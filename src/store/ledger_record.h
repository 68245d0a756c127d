// Inside of store: a usage record as journal payload (JSON) and as a row.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/database.h"
#include "store/ledger.h"

namespace interposer::store {

std::string encode_record(const UsageRecord& record);
Result<UsageRecord> decode_record(std::string_view payload);

Status migrate_ledger(Database& db);
// One transaction; a record whose id is there already changes nothing.
Status fold_records(Database& db, const std::vector<UsageRecord>& records);
Result<std::vector<UsageTotal>> ledger_totals(Database& db);
Result<std::vector<UsageRecord>> ledger_recent(Database& db, int limit);

}  // namespace interposer::store
