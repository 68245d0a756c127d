#include "store/ledger.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "base/metrics.h"
#include "net/file.h"
#include "store/journal.h"
#include "store/ledger_fold.h"
#include "store/ledger_record.h"

namespace interposer::store {
namespace {

constexpr std::size_t kMaxPendingBytes = 16 * 1024 * 1024;   // of frames waiting to be folded
constexpr std::size_t kFoldBytes = 256 * 1024;               // folded at once when so much waits,
constexpr auto kFoldAfter = std::chrono::milliseconds(500);  // or after this long
constexpr auto kSyncAfter = std::chrono::milliseconds(5);    // group commit; <= 10 ms with its wake
constexpr auto kRetryAfter = std::chrono::seconds(1);        // after a failed fold (a full disk)
constexpr std::uint64_t kSegmentBytes = 16 * 1024 * 1024;    // a segment this large is closed

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
  bool append(const UsageEntry& entry) override {
    static metrics::Counter& refused = metrics::counter(
        "interposer_ledger_refused_total", "Usage records the journal could not take at once");
    thread_local std::string frame;
    frame.assign(kFrameHeaderBytes, '\0');
    encode_record(frame, entry);
    finish_frame(frame, 0);
    std::unique_lock lock(mutex_);
    if (pending_.size() >= kMaxPendingBytes) {
      refused.add();
      return false;
    }
    Status written = journal_->append(frame);
    if (!written) {
      last_ = std::move(written);
      refused.add();
      return false;
    }
    pending_.append(frame);
    const bool first = !unsynced_;
    unsynced_ = true;
    const bool filled =
        pending_.size() >= kFoldBytes && pending_.size() - frame.size() < kFoldBytes;
    ++appended_;
    lock.unlock();
    if (first || filled) wake_.notify_one();
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
  bool full() const { return pending_.size() >= kFoldBytes && !failing_; }

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
    if (pending_.empty()) return true;
    std::string batch;
    batch.swap(pending_);
    const std::uint64_t count = appended_ - folded_;
    const JournalPosition through = journal_->position();
    const std::shared_ptr<net::AppendFile> grown = close_grown();
    const std::uint64_t closed = journal_->current() ? through.segment - 1 : through.segment;
    lock.unlock();
    Status folded = grown ? grown->sync() : Status();
    if (folded) folded = fold_frames(*writer_, batch, through);
    lock.lock();
    if (folded) {
      folded_ += count;
      remove(lock, journal_->forget_through(closed));
      // The buffer is used again, unless it was one of an unusual time.
      batch.clear();
      if (pending_.empty() && batch.capacity() <= 2 * kFoldBytes) pending_.swap(batch);
    } else {
      batch.append(pending_);
      pending_.swap(batch);
      log::warn("usage ledger: folding failed, the journal keeps the records",
                {{"error", folded.error().to_string()}});
    }
    const bool ok = folded.ok();
    if (!ok) last_ = std::move(folded);
    return ok;
  }

  // What cannot be removed now is removed at the next start.
  static void remove(std::unique_lock<std::mutex>& lock, const std::vector<std::string>& paths) {
    if (paths.empty()) return;
    lock.unlock();
    for (const std::string& path : paths) {
      const Status removed = net::FileSystem::real().remove(path);
      if (!removed) log::warn("usage ledger", {{"error", removed.error().to_string()}});
    }
    lock.lock();
  }

  // A segment that has grown is closed before its records are folded, so that it can go after that.
  std::shared_ptr<net::AppendFile> close_grown() {
    if (journal_->position().offset < kSegmentBytes) return nullptr;
    std::shared_ptr<net::AppendFile> file = journal_->current();
    journal_->rotate();
    return file;
  }

  std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::string pending_;  // frames in the journal, not yet in the database
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
  IP_TRY(const JournalPosition from, folded_through(*writer));
  IP_TRY(auto reader, Database::open(file));
  IP_TRY(auto journal, Journal::open(net::FileSystem::real(), home + "/journal", from.segment));
  const auto fold = [&](std::string_view frames, JournalPosition through) {
    return fold_frames(*writer, frames, through);
  };
  IP_OK(journal->recover(from, fold));
  for (const std::string& path : journal->forget_through(journal->position().segment)) {
    IP_OK(net::FileSystem::real().remove(path));
  }
  return std::unique_ptr<Ledger>(
      new JournaledLedger(std::move(journal), std::move(writer), std::move(reader)));
}

}  // namespace interposer::store
