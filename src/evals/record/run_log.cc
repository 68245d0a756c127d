#include "evals/record/run_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "net/errors.h"

namespace interposer::evals {
namespace {

constexpr int kMode = 0644;
constexpr std::string_view kDispatchFile = "/dispatch.jsonl";

// "samples-0012.jsonl" -> 12; 0: no segment's name.
int segment_number(std::string_view name) {
  constexpr std::string_view kHead = "samples-", kTail = ".jsonl";
  if (!name.starts_with(kHead) || !name.ends_with(kTail)) return 0;
  name.remove_prefix(kHead.size());
  name.remove_suffix(std::min(name.size(), kTail.size()));
  int number = 0;
  for (const char c : name) {
    if (c < '0' || c > '9' || number > 100'000'000) return 0;
    number = number * 10 + (c - '0');
  }
  return number;
}

std::string segment_path(const std::string& folder, int number) {
  return fmt::format("{}/samples-{:04}.jsonl", folder, number);
}

// Whole lines only; the rest without a line end is the torn tail.
template <class F>
bool each_whole_line(std::string_view text, F&& f) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return true;
    f(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return false;
}

}  // namespace

UnitName name_of(const Response& r) { return {r.unit, r.epoch, r.target}; }
UnitName name_of(const Dispatch& d) { return {d.unit, d.epoch, d.target}; }

Result<std::vector<std::string>> segments(net::FileSystem& files, const std::string& folder) {
  IP_TRY(const std::vector<net::DirEntry> entries, files.list(folder));
  std::vector<int> numbers;
  for (const net::DirEntry& entry : entries) {
    if (const int number = segment_number(entry.name); number > 0) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  std::vector<std::string> out;
  for (const int number : numbers) out.push_back(segment_path(folder, number));
  return out;
}

Result<std::unique_ptr<RunLog>> RunLog::open(net::FileSystem& files, std::string folder) {
  IP_OK(files.make_directories(folder, 0755));
  std::unique_ptr<RunLog> log(new RunLog(files, std::move(folder)));
  IP_OK(log->recover());
  IP_OK(log->recover_dispatches());
  return log;
}

Status RunLog::recover() {
  IP_TRY(const std::vector<std::string> paths, segments(*files_, folder_));
  for (const std::string& path : paths) {
    IP_TRY(const std::string text, files_->read(path, kLogBytesMax));
    torn_tail_ = each_whole_line(text, [&](std::string_view line) {
      auto response = parse_response(line);
      if (response) {
        recovered_.responses.insert_or_assign(name_of(*response), std::move(*response));
      } else {
        recovered_.torn_lines += 1;
      }
    });
    if (torn_tail_) recovered_.torn_lines += 1;
    number_ = segment_number(std::string_view(path).substr(path.rfind('/') + 1));
  }
  return {};
}

Status RunLog::recover_dispatches() {
  const std::string path = folder_ + std::string(kDispatchFile);
  if (!files_->exists(path)) return {};
  IP_TRY(const std::string text, files_->read(path, kLogBytesMax));
  std::map<std::string, Dispatch> open;
  torn_dispatch_ = each_whole_line(text, [&](std::string_view line) {
    auto dispatch = parse_dispatch(line);
    if (dispatch) open.insert_or_assign(dispatch->idempotency_key, std::move(*dispatch));
  });
  std::set<std::string> answered;
  for (const auto& [name, response] : recovered_.responses)
    answered.insert(response.idempotency_key);
  for (auto& [key, dispatch] : open) {
    if (!answered.contains(key)) recovered_.possibly_paid.push_back(std::move(dispatch));
  }
  return {};
}

Status RunLog::open_segment() {
  const bool full = segment_ && segment_->size() >= kSegmentBytesMax;
  if (segment_ && !full) return {};
  // A torn line stays as it is, alone at its segment's end.
  if (number_ == 0 || full || torn_tail_) number_ += 1;
  torn_tail_ = false;
  IP_TRY(segment_, files_->open_append(segment_path(folder_, number_), kMode));
  return {};
}

Status RunLog::dispatch(const Dispatch& dispatch) {
  if (!dispatches_) {
    IP_TRY(dispatches_, files_->open_append(folder_ + std::string(kDispatchFile), kMode));
  }
  // A line that a crash tore is ended, so that this one stands on its own.
  const std::string line = (torn_dispatch_ ? "\n" : "") + to_line(dispatch);
  IP_OK(dispatches_->append(line));
  torn_dispatch_ = false;
  bytes_ += line.size();
  return {};
}

Status RunLog::receive(const Response& response) {
  IP_OK(open_segment());
  const std::string line = to_line(response);
  IP_OK(segment_->append(line));
  bytes_ += line.size();
  return {};
}

Status RunLog::sync() {
  if (dispatches_) {
    IP_OK(dispatches_->sync());
  }
  if (segment_) {
    IP_OK(segment_->sync());
  }
  return {};
}

Result<std::unique_ptr<FolderLock>> FolderLock::take(const std::string& folder) {
  const std::string path = folder + "/lock";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kMode);
  if (fd < 0) return net::file_error(errno, "opening", path);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return make_error(Code::kFailedPrecondition, folder + " is being written by another run",
                      "wait for it, or name another folder with --out", "log_in_use");
  }
  return std::unique_ptr<FolderLock>(new FolderLock(fd));
}

FolderLock::~FolderLock() { ::close(fd_); }

}  // namespace interposer::evals
