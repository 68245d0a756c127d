// Inside of knowledge: a base with its index.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "knowledge/index/local.h"
#include "knowledge/knowledge.h"
#include "knowledge/records/records.h"

namespace interposer::knowledge {

struct BaseState {
  std::int64_t id = 0;
  std::string name;
  std::vector<std::string> sources;  // guarded by the owner's lock
  LocalIndex index;
  std::atomic<int> ingesting = 0;
  std::mutex ingest_mutex;  // one ingest at a time
  std::atomic<std::int64_t> vectors_made = 0;
  std::atomic<bool> changed = false;  // since the index was saved

  // The index is read (or made) at first use, so that a start with many bases costs nothing.
  std::mutex load_mutex;
  bool loaded = false;  // guarded by load_mutex
  std::string file;     // where the index is kept

  std::shared_ptr<Embedder> embedder() const {
    const std::lock_guard lock(embedder_mutex_);
    return embedder_;
  }
  void set_embedder(std::shared_ptr<Embedder> embedder) {
    const std::lock_guard lock(embedder_mutex_);
    embedder_ = std::move(embedder);
  }
  std::string model() const {
    const auto e = embedder();
    return e ? e->id() : std::string();
  }

 private:
  mutable std::mutex embedder_mutex_;
  std::shared_ptr<Embedder> embedder_;
};

// Reads the saved index and brings it to what the record store says; makes it anew where it cannot.
Status load_index(BaseState& base, Records& records);
// Derived data: a failure to save costs time at the next start, nothing else.
Status save_index(BaseState& base, Records& records);
// Makes the index anew from the record store. progress(done, total) may be empty.
Status rebuild_index(BaseState& base, Records& records,
                     const std::function<void(std::int64_t, std::int64_t)>& progress);
void apply_change(BaseState& base, const Change& change);

}  // namespace interposer::knowledge
