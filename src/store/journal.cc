#include "store/journal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#if defined(__SSE4_2__)
#include <nmmintrin.h>
#endif

namespace interposer::store {
namespace {

constexpr std::uint64_t kMaxSegmentBytes = 1ULL << 30;
constexpr int kFolderMode = 0700;
constexpr int kFileMode = 0600;

#if defined(__SSE4_2__)
// The instruction that computes this very polynomial: eight bytes a step.
std::uint32_t update_crc(std::uint32_t c, std::string_view bytes) {
  std::uint64_t wide = c;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof word);
    wide = _mm_crc32_u64(wide, word);
  }
  c = static_cast<std::uint32_t>(wide);
  for (const char byte : bytes) c = _mm_crc32_u8(c, static_cast<unsigned char>(byte));
  return c;
}
#else
constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = (c & 1U) ? (c >> 1U) ^ 0x82F63B78U : c >> 1U;
    table[i] = c;
  }
  return table;
}
constexpr auto kTable = make_table();

std::uint32_t update_crc(std::uint32_t c, std::string_view bytes) {
  for (const char byte : bytes)
    c = (c >> 8U) ^ kTable[(c ^ static_cast<unsigned char>(byte)) & 0xffU];
  return c;
}
#endif

void put32(char* out, std::uint32_t value) {
  for (int i = 0; i < 4; ++i)
    out[i] = static_cast<char>(static_cast<unsigned char>(value >> 8 * i));
}

std::uint32_t get32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i)
    value = value << 8U | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
  return value;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) { return ~update_crc(~0U, bytes); }

void finish_frame(std::string& out, std::size_t begin) {
  const std::string_view payload = std::string_view(out).substr(begin + kFrameHeaderBytes);
  put32(out.data() + begin, static_cast<std::uint32_t>(payload.size()));
  put32(out.data() + begin + 4, crc32c(payload));
}

void append_frame(std::string& out, std::string_view payload) {
  const std::size_t begin = out.size();
  out.append(kFrameHeaderBytes, '\0').append(payload);
  finish_frame(out, begin);
}

Result<std::size_t> read_frames(std::string_view bytes,
                                const std::function<Status(std::string_view)>& f) {
  std::size_t at = 0;
  while (bytes.size() - at >= kFrameHeaderBytes) {
    const std::uint32_t length = get32(bytes.substr(at));
    const std::uint32_t check = get32(bytes.substr(at + 4));
    if (length == 0 || length > kMaxFrameBytes || bytes.size() - at - kFrameHeaderBytes < length)
      break;
    const std::string_view payload = bytes.substr(at + kFrameHeaderBytes, length);
    if (crc32c(payload) != check) break;
    IP_OK(f(payload));
    at += kFrameHeaderBytes + length;
  }
  return at;
}

std::string Journal::segment_path(std::uint64_t number) const {
  char name[32];
  std::snprintf(name, sizeof name, "/%012llu.log", static_cast<unsigned long long>(number));
  return folder_ + name;
}

Result<std::unique_ptr<Journal>> Journal::open(net::FileSystem& files, std::string folder,
                                               std::uint64_t used) {
  IP_OK(files.make_directories(folder, kFolderMode));
  std::unique_ptr<Journal> journal(new Journal(files, std::move(folder)));
  IP_TRY(const auto entries, files.list(journal->folder_));
  for (const auto& entry : entries) {
    std::uint64_t number = 0;
    const char* end = entry.name.data() + entry.name.size();
    const auto [stop, failed] = std::from_chars(entry.name.data(), end, number);
    if (failed == std::errc() && std::string_view(stop, end) == ".log")
      journal->old_.push_back(number);
  }
  std::sort(journal->old_.begin(), journal->old_.end());
  journal->number_ = used;
  if (!journal->old_.empty()) journal->number_ = std::max(used, journal->old_.back());
  return journal;
}

Status Journal::recover(
    JournalPosition from,
    const std::function<Status(std::string_view frames, JournalPosition through)>& f) {
  for (const std::uint64_t number : old_) {
    if (number < from.segment) continue;
    IP_TRY(const std::string bytes, files_.read(segment_path(number), kMaxSegmentBytes));
    // After a loss of power the file may be shorter than what was folded from it.
    const std::size_t begin =
        number == from.segment
            ? static_cast<std::size_t>(std::min<std::uint64_t>(from.offset, bytes.size()))
            : 0;
    const std::string_view left = std::string_view(bytes).substr(begin);
    IP_TRY(const std::size_t whole, read_frames(left, [](std::string_view) { return Status(); }));
    if (whole > 0) {
      IP_OK(f(left.substr(0, whole), JournalPosition{number, begin + whole}));
    }
  }
  return {};
}

Status Journal::append(std::string_view frames) {
  if (!file_) {
    IP_TRY(auto opened, files_.open_append(segment_path(number_ + 1), kFileMode));
    ++number_;
    file_ = std::move(opened);
    size_ = 0;
  }
  Status written = file_->append(frames);
  if (!written) {
    // What stands in the segment already must still become durable; the append's own error counts.
    [[maybe_unused]] const Status synced = file_->sync();
    rotate();
    return written;
  }
  size_ += frames.size();
  return {};
}

void Journal::rotate() {
  if (!file_) return;
  old_.push_back(number_);
  file_.reset();
}

std::vector<std::string> Journal::forget_through(std::uint64_t segment) {
  std::vector<std::string> paths;
  while (!old_.empty() && old_.front() <= segment) {
    paths.push_back(segment_path(old_.front()));
    old_.erase(old_.begin());
  }
  return paths;
}

}  // namespace interposer::store
