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
// The same in place: `out` ends with the payload, which begins kFrameHeaderBytes after `begin`.
void finish_frame(std::string& out, std::size_t begin);

inline constexpr std::size_t kFrameHeaderBytes = 8;
constexpr std::size_t frame_bytes(std::size_t payload) { return kFrameHeaderBytes + payload; }

// Calls f for each whole frame from the start; returns the bytes that whole frames take.
Result<std::size_t> read_frames(std::string_view bytes,
                                const std::function<Status(std::string_view)>& f);

// The byte before which everything is folded. Segments are counted up for ever.
struct JournalPosition {
  std::uint64_t segment = 0;
  std::uint64_t offset = 0;
};

class Journal {
 public:
  // Opens the folder (made when missing). The segments that a former process left are replayed by
  // recover() before the first append. New segments are numbered above all of them, and above
  // `used`, so that a number never stands for two segments.
  static Result<std::unique_ptr<Journal>> open(net::FileSystem& files, std::string folder,
                                               std::uint64_t used = 0);

  // Gives the whole frames of each older segment from `from` on, with where they end. The segments
  // stay until forget_through().
  Status recover(JournalPosition from,
                 const std::function<Status(std::string_view frames, JournalPosition through)>& f);
  // One write of one or more frames. After an error the next append starts a new segment.
  Status append(std::string_view frames);
  // The file being written (null: none yet), for a sync() beside append().
  std::shared_ptr<net::AppendFile> current() const { return file_; }
  // What is appended from now on goes to a new segment.
  void rotate();
  // These closed segments are the caller's to remove (it waits for the disk): their paths.
  std::vector<std::string> forget_through(std::uint64_t segment);
  // Where the next append goes, or, after a rotation, behind the last one.
  JournalPosition position() const { return {number_, size_}; }

 private:
  Journal(net::FileSystem& files, std::string folder) : files_(files), folder_(std::move(folder)) {}
  std::string segment_path(std::uint64_t number) const;

  net::FileSystem& files_;
  std::string folder_;
  std::vector<std::uint64_t> old_;         // segments before the current one
  std::uint64_t number_ = 0;               // of the last segment
  std::shared_ptr<net::AppendFile> file_;  // null: the next append opens one
  std::uint64_t size_ = 0;                 // bytes in the last segment
};

}  // namespace interposer::store
