// Inside of store: what the ledger keeps in SQLite.
//   usage_sum    requests, tokens, money by hour and key (principal, route, target, ...)
//   usage_block  the records themselves, packed: whole journal frames, up to 64 KiB a row
//   usage_folded how far into the journal both came; committed with them
#pragma once

#include <string_view>
#include <vector>

#include "store/database.h"
#include "store/journal.h"
#include "store/ledger.h"

namespace interposer::store {

Status migrate_ledger(Database& db);
// One transaction: the records of `frames` (whole journal frames) count, and the journal up to
// `through` is folded. kDataLoss: a frame holds no record; nothing changed.
Status fold_frames(Database& db, std::string_view frames, JournalPosition through);
Result<JournalPosition> folded_through(Database& db);
Result<std::vector<UsageTotal>> ledger_totals(Database& db);
Result<std::vector<UsageRecord>> ledger_recent(Database& db, int limit);  // newest first

}  // namespace interposer::store
