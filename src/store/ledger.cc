#include "store/ledger.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "base/metrics.h"
#include "net/file.h"
#include "store/journal.h"
#include "store/ledger_record.h"

namespace interposer::store {
namespace {

constexpr std::size_t kMaxPending = 65536;                   // records waiting to be folded
constexpr std::size_t kFoldRecords = 512;                    // folded at once when so many wait,
constexpr auto kFoldAfter = std::chrono::milliseconds(250);  // or after this long
constexpr auto kSyncAfter = std::chrono::milliseconds(5);    // group commit; <= 10 ms with its wake
constexpr auto kRetryAfter = std::chrono::seconds(1);        // after a failed fold (a full disk)
constexpr std::uint64_t kSegmentBytes =
    1024 * 1024;  // a folded segment larger than this is dropped

class JournaledLedger final : public Ledger {
 public:
  JournaledLedger(std::unique_ptr<Journal> journal, std::unique_ptr<Database> writer,
                  std::unique_ptr<Database> reader)
      : journal_(std::move(journal)), writer_(std::move(writer)), reader_(std::move(reader)) {
    thread_ = std::thread([this] { work(); });
  }

  ~JournaledLedger() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  // One write() into the page cache: a killed process loses nothing that was appended. The device
  // is waited for by the commit thread only.
  bool append(UsageRecord record) override {
    static metrics::Counter& refused = metrics::counter(
        "interposer_ledger_refused_total", "Usage records the journal could not take at once");
    std::string frame;
    append_frame(frame, encode_record(record));
    std::unique_lock lock(mutex_);
    if (pending_.size() >= kMaxPending) {
      refused.add();
      return false;
    }
    Status written = journal_->append(frame);
    if (!written) {
      last_ = std::move(written);
      refused.add();
      return false;
    }
    pending_.push_back(std::move(record));
    ++appended_;
    const bool first = !unsynced_;
    unsynced_ = true;
    lock.unlock();
    if (first) wake_.notify_one();
    return true;
  }

  Status flush() override {
    std::unique_lock lock(mutex_);
    const std::uint64_t target = appended_;
    const std::uint64_t ticket = ++flushes_asked_;
    wake_.notify_one();
    done_.wait(lock, [&] { return flushes_served_ >= ticket; });
    if (folded_ >= target) return {};
    return last_;
  }

  Result<std::vector<UsageTotal>> totals() override {
    IP_OK(flush());
    const std::lock_guard lock(reader_mutex_);
    return ledger_totals(*reader_);
  }

  Result<std::vector<UsageRecord>> recent(int limit) override {
    IP_OK(flush());
    const std::lock_guard lock(reader_mutex_);
    return ledger_recent(*reader_, limit);
  }

 private:
  void work() {
    auto fold_at = steady_now() + kFoldAfter;
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait_until(lock, fold_at, [&] { return urgent() || unsynced_ || full(); });
      if (unsynced_ && !urgent()) wake_.wait_for(lock, kSyncAfter, [&] { return urgent(); });
      const bool last = stopping_;
      const std::uint64_t serving = flushes_asked_;
      sync(lock);
      if (last || serving > flushes_served_ || full() || steady_now() >= fold_at) {
        const bool folded = fold(lock);
        failing_ = !folded;
        flushes_served_ = serving;
        done_.notify_all();
        fold_at = steady_now() + (folded ? Duration(kFoldAfter) : Duration(kRetryAfter));
        if (folded && pending_.empty()) idle(lock, fold_at);
      }
      if (last) return;
    }
  }

  bool urgent() const { return stopping_ || flushes_asked_ > flushes_served_; }
  bool full() const { return pending_.size() >= kFoldRecords && !failing_; }

  // Nothing to fold: sleep until there is.
  void idle(std::unique_lock<std::mutex>& lock, TimePoint& fold_at) {
    wake_.wait(lock, [&] { return urgent() || unsynced_; });
    fold_at = steady_now() + kFoldAfter;
  }

  void sync(std::unique_lock<std::mutex>& lock) {
    if (!unsynced_) return;
    unsynced_ = false;
    const auto file = journal_->current();
    if (!file) return;
    lock.unlock();
    Status synced = file->sync();
    lock.lock();
    if (!synced) last_ = std::move(synced);
  }

  bool fold(std::unique_lock<std::mutex>& lock) {
    std::vector<UsageRecord> batch;
    batch.swap(pending_);
    lock.unlock();
    Status folded = fold_records(*writer_, batch);
    lock.lock();
    if (folded) {
      folded_ += batch.size();
      if (pending_.empty() && journal_->size() > kSegmentBytes) {
        journal_->rotate();
        folded = journal_->drop_old();
      }
    } else {
      batch.insert(batch.end(), std::make_move_iterator(pending_.begin()),
                   std::make_move_iterator(pending_.end()));
      pending_ = std::move(batch);
      log::warn("usage ledger: folding failed, the journal keeps the records",
                {{"error", folded.error().to_string()}});
    }
    const bool ok = folded.ok();
    if (!ok) last_ = std::move(folded);
    return ok;
  }

  std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::vector<UsageRecord> pending_;  // in the journal, not yet in the database
  std::uint64_t appended_ = 0, folded_ = 0, flushes_asked_ = 0, flushes_served_ = 0;
  bool unsynced_ = false, failing_ = false, stopping_ = false;
  Status last_;  // of the last write, sync or fold
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<Database> writer_;  // the commit thread's
  std::mutex reader_mutex_;
  std::unique_ptr<Database> reader_;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Ledger>> Ledger::open(const std::string& home) {
  const std::string file = home + "/ledger.db";
  IP_TRY(auto writer, Database::open(file));
  IP_OK(migrate_ledger(*writer));
  IP_TRY(auto reader, Database::open(file));
  IP_TRY(auto journal, Journal::open(net::FileSystem::real(), home + "/journal"));
  std::vector<UsageRecord> left;
  IP_OK(journal->recover([&](std::string_view payload) -> Status {
    IP_TRY(auto record, decode_record(payload));
    left.push_back(std::move(record));
    if (left.size() < kFoldRecords) return {};
    IP_OK(fold_records(*writer, left));
    left.clear();
    return {};
  }));
  IP_OK(fold_records(*writer, left));
  IP_OK(journal->drop_old());
  return std::unique_ptr<Ledger>(
      new JournaledLedger(std::move(journal), std::move(writer), std::move(reader)));
}

}  // namespace interposer::store
