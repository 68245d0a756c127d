// Inside of records/: a read connection, given back when it goes.
#pragma once

#include "knowledge/records/records.h"

namespace interposer::knowledge {

class Records::Lease {
 public:
  Lease(Records* owner, std::unique_ptr<store::Database> db) : owner_(owner), db_(std::move(db)) {}
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease() {
    if (!db_) return;
    const std::lock_guard lock(owner_->readers_mutex_);
    if (owner_->readers_.size() < kIdle) owner_->readers_.push_back(std::move(db_));
  }
  store::Database* operator->() const { return db_.get(); }

 private:
  static constexpr std::size_t kIdle = 4;
  Records* owner_;
  std::unique_ptr<store::Database> db_;
};

inline std::span<const unsigned char> as_bytes(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

}  // namespace interposer::knowledge
