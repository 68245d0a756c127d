#include "knowledge/vector_worker.h"

#include <unordered_map>

#include "base/log.h"
#include "knowledge/index/half.h"

namespace interposer::knowledge {
namespace {

constexpr std::size_t kBatch = 64;  // chunks a batch
constexpr auto kRetryAfter = std::chrono::seconds(5);
constexpr auto kLook = std::chrono::milliseconds(100);  // at a stop token while waiting

}  // namespace

VectorWorker::VectorWorker(Records& records)
    : records_(records), thread_([this](const std::stop_token& stop) { run(stop); }) {}

VectorWorker::~VectorWorker() {
  thread_.request_stop();
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void VectorWorker::watch(const std::shared_ptr<BaseState>& base) {
  {
    const std::lock_guard lock(mutex_);
    Watched& watched = watched_[base->id];
    watched.base = base;
    watched.idle = false;
    watched.retry_at = {};
  }
  wake_.notify_all();
}

VectorWorker::Watched* VectorWorker::next_work() {
  const TimePoint now = steady_now();
  for (auto& [id, watched] : watched_)
    if (!watched.idle && watched.retry_at <= now) return &watched;
  return nullptr;
}

void VectorWorker::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    Watched* work = next_work();
    if (!work) {
      wake_.wait_for(lock, stop, kRetryAfter, [&] { return next_work() != nullptr; });
      continue;
    }
    const auto base = work->base;
    // Idle before the look, so that work that comes meanwhile is not overlooked.
    work->idle = true;
    lock.unlock();
    auto done = batch(*base, stop);
    lock.lock();
    Watched& watched = watched_[base->id];
    if (!done) {
      if (!stop.stop_requested())
        log::warn("vectors: the embedder failed, will try again",
                  {{"base", base->name}, {"error", done.error().to_string()}});
      watched.idle = false;
      watched.retry_at = steady_now() + kRetryAfter;
      ++watched.failures;
      watched.last = std::move(done).error();
    } else if (*done) {
      watched.idle = false;
    }
    progress_.notify_all();
  }
}

Result<bool> VectorWorker::batch(BaseState& base, const std::stop_token& stop) {
  const auto embedder = base.embedder();
  if (!embedder) return false;
  IP_OK(load_index(base, records_));
  const auto ids = base.index.without_vector(kBatch);
  if (ids.empty()) return false;
  const std::string model = embedder->id();
  std::unordered_map<ContentHash, std::vector<std::int64_t>> wanted;
  std::vector<ContentHash> hashes;
  std::vector<std::string> texts;
  for (const std::int64_t id : ids) {
    IP_TRY(const auto chunk, records_.chunk(id));
    if (!chunk) continue;  // removed since
    IP_TRY(const auto known, records_.vector(model, chunk->hash));
    if (known) {
      base.index.set_vector(id, *known);
      ++base.vectors_made;
      continue;
    }
    auto& same = wanted[chunk->hash];
    if (same.empty()) {
      hashes.push_back(chunk->hash);
      texts.push_back(chunk->searchable());
    }
    same.push_back(id);
  }
  if (texts.empty()) return true;
  IP_TRY(const auto vectors, embedder->embed(texts, Embedder::Purpose::kPassage, stop));
  if (vectors.size() != texts.size())
    return make_error(Code::kInternal, "the embedder " + model + " gave " +
                                           std::to_string(vectors.size()) + " vectors for " +
                                           std::to_string(texts.size()) + " texts");
  std::vector<std::vector<std::uint16_t>> halves;
  for (const auto& vector : vectors) halves.push_back(to_half(vector));
  IP_OK(records_.put_vectors(model, hashes, halves));
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    for (const std::int64_t id : wanted[hashes[i]]) {
      base.index.set_vector(id, halves[i]);
      ++base.vectors_made;
    }
  }
  return true;
}

Status VectorWorker::wait(const std::shared_ptr<BaseState>& base, std::stop_token stop,
                          const std::function<void(std::int64_t, std::int64_t)>& progress) {
  if (!base->embedder()) return {};
  watch(base);
  std::unique_lock lock(mutex_);
  const std::uint64_t failures = watched_[base->id].failures;
  std::int64_t told = -1;
  for (;;) {
    const IndexCounts counts = base->index.counts();
    if (progress && counts.vectors != told) {
      told = counts.vectors;
      lock.unlock();
      progress(counts.vectors, counts.chunks);
      lock.lock();
      continue;
    }
    const Watched& watched = watched_[base->id];
    if (watched.idle && counts.vectors >= counts.chunks) return {};
    if (watched.failures > failures) return watched.last;
    if (stop.stop_requested())
      return make_error(Code::kCancelled, "stopped while waiting for vectors");
    progress_.wait_for(lock, kLook);
  }
}

}  // namespace interposer::knowledge
