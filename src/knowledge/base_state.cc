#include "knowledge/base_state.h"

#include <algorithm>
#include <iterator>

#include "base/log.h"
#include "net/file.h"

namespace interposer::knowledge {
namespace {

// Beyond so many differences the index is made anew: that reads everything once, in order.
constexpr std::size_t kMaxDifferences = 5'000;

constexpr std::uint64_t kMaxIndexBytes = 8ULL << 30;
constexpr int kFolderMode = 0700;
constexpr int kFileMode = 0600;

// Empty when there is none (yet).
std::string read_file(const std::string& path) {
  return net::FileSystem::real().read(path, kMaxIndexBytes).value_or({});
}

// What is in a and not in b; both ascending.
std::vector<std::int64_t> missing(const std::vector<std::int64_t>& a,
                                  const std::vector<std::int64_t>& b) {
  std::vector<std::int64_t> out;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

// True when the loaded index now equals the record store.
Result<bool> catch_up(BaseState& base, Records& records) {
  IP_TRY(const auto live, records.live_chunks(base.id));
  const auto held = base.index.chunks();
  const auto gone = missing(held, live), fresh = missing(live, held);
  if (gone.size() + fresh.size() > kMaxDifferences) return false;
  // Added after a later one: the order would not be that of a fresh index.
  if (!fresh.empty() && !held.empty() && fresh.front() < held.back()) return false;
  for (const std::int64_t id : gone) {
    IP_TRY(const auto chunk, records.chunk(id));
    if (!chunk) return false;
    base.index.remove(id, chunk->searchable());
  }
  for (const std::int64_t id : fresh) {
    IP_TRY(const auto chunk, records.chunk(id));
    if (!chunk) return false;
    base.index.add({chunk->chunk, chunk->document, chunk->searchable()});
  }
  return true;
}

}  // namespace

Status load_index(BaseState& base, Records& records) {
  const std::lock_guard lock(base.load_mutex);
  if (base.loaded) return {};
  bool current = base.index.load(read_file(base.file), base.model());
  if (current) {
    IP_TRY(current, catch_up(base, records));
  }
  if (!current) {
    IP_OK(rebuild_index(base, records, {}));
  }
  base.loaded = true;
  return {};
}

Status rebuild_index(BaseState& base, Records& records,
                     const std::function<void(std::int64_t, std::int64_t)>& progress) {
  base.index.load({}, {});  // empty
  IP_TRY(const auto live, records.live_chunks(base.id));
  const auto total = static_cast<std::int64_t>(live.size());
  std::int64_t done = 0;
  return records.each_chunk(base.id, [&](const ChunkText& chunk) {
    base.index.add({chunk.chunk, chunk.document, chunk.searchable()});
    ++done;
    if (progress && (done % 256 == 0 || done == total)) progress(done, total);
  });
}

Status save_index(BaseState& base, Records& records) {
  const std::string bytes = base.index.serialize(base.model());
  net::FileSystem& files = net::FileSystem::real();
  IP_OK(files.make_directories(base.file.substr(0, base.file.rfind('/')), kFolderMode));
  IP_OK(files.write_atomic(base.file, bytes, kFileMode));
  return records.drop_dead_chunks(base.id);
}

void apply_change(BaseState& base, const Change& change) {
  for (const ChunkText& chunk : change.removed) base.index.remove(chunk.chunk, chunk.searchable());
  for (const ChunkText& chunk : change.added)
    base.index.add({chunk.chunk, chunk.document, chunk.searchable()});
}

}  // namespace interposer::knowledge
