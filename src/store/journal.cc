#include "store/journal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace interposer::store {
namespace {

constexpr std::size_t kHeaderBytes = 8;
constexpr std::uint64_t kMaxSegmentBytes = 1ULL << 30;
constexpr int kFolderMode = 0700;
constexpr int kFileMode = 0600;

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

void put32(std::string& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8)
    out += static_cast<char>(static_cast<unsigned char>(value >> shift));
}

std::uint32_t get32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i)
    value = value << 8U | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
  return value;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t c = ~0U;
  for (const char byte : bytes)
    c = (c >> 8U) ^ kTable[(c ^ static_cast<unsigned char>(byte)) & 0xffU];
  return ~c;
}

void append_frame(std::string& out, std::string_view payload) {
  put32(out, static_cast<std::uint32_t>(payload.size()));
  put32(out, crc32c(payload));
  out += payload;
}

Result<std::size_t> read_frames(std::string_view bytes,
                                const std::function<Status(std::string_view)>& f) {
  std::size_t at = 0;
  while (bytes.size() - at >= kHeaderBytes) {
    const std::uint32_t length = get32(bytes.substr(at));
    const std::uint32_t check = get32(bytes.substr(at + 4));
    if (length == 0 || length > kMaxFrameBytes || bytes.size() - at - kHeaderBytes < length) break;
    const std::string_view payload = bytes.substr(at + kHeaderBytes, length);
    if (crc32c(payload) != check) break;
    IP_OK(f(payload));
    at += kHeaderBytes + length;
  }
  return at;
}

std::string Journal::segment_path(std::uint64_t number) const {
  char name[32];
  std::snprintf(name, sizeof name, "/%012llu.log", static_cast<unsigned long long>(number));
  return folder_ + name;
}

Result<std::unique_ptr<Journal>> Journal::open(net::FileSystem& files, std::string folder) {
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
  if (!journal->old_.empty()) journal->number_ = journal->old_.back();
  return journal;
}

Status Journal::recover(const std::function<Status(std::string_view)>& f) {
  for (const std::uint64_t number : old_) {
    IP_TRY(const std::string bytes, files_.read(segment_path(number), kMaxSegmentBytes));
    IP_TRY([[maybe_unused]] const std::size_t whole, read_frames(bytes, f));
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
  size_ = 0;
}

Status Journal::drop_old() {
  while (!old_.empty()) {
    IP_OK(files_.remove(segment_path(old_.front())));
    old_.erase(old_.begin());
  }
  return {};
}

}  // namespace interposer::store
