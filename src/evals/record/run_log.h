// The append-only log of a run: a folder with
//   run.json              what was run (written by the runner, atomically)
//   samples-NNNN.jsonl    responses, one line each (response.h); never rewritten
//   dispatch.jsonl        what was about to be sent, written before it was
//   scores.jsonl          derived from the two above, and made anew at will
//   index.bin             derived (index.h)
//
// Crash rule: a record is one write of one whole line, so that what a killed process leaves is
// whole lines and at most one torn tail. Readers pass over a line that doesn't parse; a writer that
// finds a torn tail begins a new segment, and no byte is ever changed. kill -9 loses the record
// being written; power loss loses what came after the last sync() (kSyncEvery in the runner).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "evals/record/response.h"
#include "net/file.h"

namespace interposer::evals {

inline constexpr std::uint64_t kSegmentBytesMax = std::uint64_t{512} << 20;
inline constexpr std::uint64_t kLogBytesMax = std::uint64_t{8} << 30;  // of a segment that is read

struct UnitName {
  std::string unit;
  int epoch = 1;
  std::string target;
  friend auto operator<=>(const UnitName&, const UnitName&) = default;
};
UnitName name_of(const Response& response);
UnitName name_of(const Dispatch& dispatch);

// Files of the log in a folder, in the order they were written. Empty: it holds no log.
Result<std::vector<std::string>> segments(net::FileSystem& files, const std::string& folder);

// What the log of earlier processes holds.
struct Recovered {
  std::map<UnitName, Response> responses;  // the latest of each unit
  std::vector<Dispatch> possibly_paid;     // sent, or about to be, and no answer stands
  std::int64_t torn_lines = 0;             // passed over
};

// Belongs to one thread at a time; sync() may run in another while append() does (the descriptor's
// own rule). One process a folder: the caller holds FolderLock.
class RunLog {
 public:
  // Makes the folder when new.
  static Result<std::unique_ptr<RunLog>> open(net::FileSystem& files, std::string folder);

  const Recovered& recovered() const { return recovered_; }

  Status dispatch(const Dispatch& dispatch);
  // `response` is durable against a kill when this returns, against power loss after sync().
  Status receive(const Response& response);
  Status sync();

  std::uint64_t bytes() const { return bytes_; }  // appended by this object

 private:
  RunLog(net::FileSystem& files, std::string folder) : files_(&files), folder_(std::move(folder)) {}
  Status recover();
  Status recover_dispatches();
  Status open_segment();

  net::FileSystem* files_;
  std::string folder_;
  Recovered recovered_;
  std::unique_ptr<net::AppendFile> segment_;
  std::unique_ptr<net::AppendFile> dispatches_;
  int number_ = 0;          // of the open segment
  bool torn_tail_ = false;  // of the last segment found
  bool torn_dispatch_ = false;
  std::uint64_t bytes_ = 0;
};

// Keeps two processes off one folder, as long as it lives. kFailedPrecondition names the folder.
class FolderLock {
 public:
  static Result<std::unique_ptr<FolderLock>> take(const std::string& folder);
  ~FolderLock();

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace interposer::evals
