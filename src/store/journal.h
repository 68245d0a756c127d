// An append-only file of framed records, in segments: <dir>/<number>.log.
// Frame: length (4 bytes, little endian), CRC-32C of the payload (4 bytes), payload.
// A torn frame (a crash, a full disk) can stand only at the end of a segment: a failed append
// closes its segment. Calls block; one thread at a time, except that current()'s sync() may run
// beside append().
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/file.h"

namespace interposer::store {

std::uint32_t crc32c(std::string_view bytes);  // Castagnoli polynomial 0x1EDC6F41, reflected

inline constexpr std::uint32_t kMaxFrameBytes = 1024 * 1024;  // payload of one record

// Appends the frame of `payload` to `out`.
void append_frame(std::string& out, std::string_view payload);

// Calls f for each whole frame from the start; returns the bytes that whole frames take.
Result<std::size_t> read_frames(std::string_view bytes,
                                const std::function<Status(std::string_view)>& f);

class Journal {
 public:
  // Opens the folder (made when missing). The segments that a former process left are replayed by
  // recover() before the first append.
  static Result<std::unique_ptr<Journal>> open(net::FileSystem& files, std::string folder);

  // Replays what older segments hold, in order. They stay until drop_old().
  Status recover(const std::function<Status(std::string_view payload)>& f);
  // One write of one or more frames. After an error the next append starts a new segment.
  Status append(std::string_view frames);
  // The file being written (null: none yet), for a sync() beside append().
  std::shared_ptr<net::AppendFile> current() const { return file_; }
  // What is appended from now on goes to a new segment; the ones before it can be dropped.
  void rotate();
  Status drop_old();                            // removes all segments but the one being written
  std::uint64_t size() const { return size_; }  // bytes in the segment being written

 private:
  Journal(net::FileSystem& files, std::string folder) : files_(files), folder_(std::move(folder)) {}
  std::string segment_path(std::uint64_t number) const;

  net::FileSystem& files_;
  std::string folder_;
  std::vector<std::uint64_t> old_;         // segments before the current one
  std::uint64_t number_ = 0;               // of the current segment
  std::shared_ptr<net::AppendFile> file_;  // null: the next append opens one
  std::uint64_t size_ = 0;
};

}  // namespace interposer::store
