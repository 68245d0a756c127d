#include "evals/record/index.h"

#include <sys/stat.h>
#include <xxhash.h>

#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "evals/trec/text_file.h"
#include "net/errors.h"

namespace interposer::evals {
namespace {

static_assert(std::endian::native == std::endian::little);
static_assert(std::has_unique_object_representations_v<Row> || sizeof(Row) == 104);
static_assert(std::is_trivially_copyable_v<Row>);

constexpr std::string_view kMagic = "IPEVIDX1";
constexpr std::size_t kHeadBytes = 16;

class Writer {
 public:
  void number(std::uint64_t value) { bytes(&value, sizeof value); }
  void text(std::string_view value) {
    number(value.size());
    out_ += value;
  }
  template <class T>
  void array(const std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    number(values.size());
    bytes(values.data(), values.size() * sizeof(T));
  }
  void bytes(const void* data, std::size_t size) {
    if (size > 0) out_.append(static_cast<const char*>(data), size);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// After the first read beyond the end everything reads as nothing and good() is false.
class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}
  std::uint64_t number() {
    std::uint64_t value = 0;
    const std::string_view bytes = take(sizeof value);
    if (good_) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  std::string text() { return std::string(take(number())); }
  template <class T>
  std::vector<T> array() {
    const std::uint64_t count = number();
    if (count > in_.size() / sizeof(T)) good_ = false;
    if (!good_) return {};
    const std::string_view bytes = take(count * sizeof(T));
    std::vector<T> out(count);
    if (count > 0) std::memcpy(static_cast<void*>(out.data()), bytes.data(), bytes.size());
    return out;
  }
  // A count of things of at least eight bytes each.
  std::uint64_t count() {
    const std::uint64_t value = number();
    if (value > in_.size() / 8) good_ = false;
    return good_ ? value : 0;
  }
  bool good() const { return good_; }
  bool at_end() const { return in_.empty(); }

 private:
  std::string_view take(std::uint64_t size) {
    if (size > in_.size()) good_ = false;
    if (!good_) return {};
    const std::string_view out = in_.substr(0, size);
    in_.remove_prefix(size);
    return out;
  }
  std::string_view in_;
  bool good_ = true;
};

bool sound(const ResultSet& set) {
  if (set.metrics.size() > kMetricsMax || set.tags.size() > kTagsMax) return false;
  if (set.scores.size() != set.rows.size() * set.metrics.size()) return false;
  const std::uint64_t arena = set.arena.size();
  for (const Row& row : set.rows) {
    if (row.id_at > arena || row.id_size > arena - row.id_at) return false;
    if (row.status >= static_cast<std::uint64_t>(kUnitStatuses)) return false;
    if (row.file == kTextInline) {
      if (row.text_at > arena || row.text_size > arena - row.text_at) return false;
    } else if (row.file >= set.files.size()) {
      return false;
    }
  }
  return true;
}

}  // namespace

Result<FileStamp> stamp(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return net::file_error(errno, "reading", path);
  FileStamp out;
  out.path = path;
  out.size = static_cast<std::uint64_t>(info.st_size);
  out.modified_ns = info.st_mtim.tv_sec * 1'000'000'000LL + info.st_mtim.tv_nsec;
  if (out.size == 0) return out;
  IP_TRY(const trec::MappedFile file, trec::MappedFile::open(path));
  const std::string_view text = file.text();
  std::string parts(text.substr(0, kStampBytes));
  parts += text.substr(text.size() / 2, kStampBytes);
  parts += text.substr(text.size() - std::min(text.size(), kStampBytes));
  out.sample = XXH3_64bits(parts.data(), parts.size());
  return out;
}

std::string encode_index(const ResultSet& set, const std::vector<FileStamp>& stamps,
                         std::string_view options) {
  Writer w;
  w.text(options);
  w.number(stamps.size());
  for (const FileStamp& s : stamps) {
    w.text(s.path);
    w.number(s.size);
    w.number(static_cast<std::uint64_t>(s.modified_ns));
    w.number(s.sample);
  }
  for (const std::string* text : {&set.source, &set.format, &set.name, &set.model}) w.text(*text);
  for (const auto* texts : {&set.files, &set.notes, &set.tags}) {
    w.number(texts->size());
    for (const std::string& text : *texts) w.text(text);
  }
  w.number(set.metrics.size());
  for (const Metric& metric : set.metrics) {
    w.text(metric.name);
    w.number(metric.higher_is_better ? 1 : 0);
    w.text(metric.scorer);
  }
  w.array(set.rows);
  w.array(set.scores);
  w.text(set.arena);
  const std::string body = w.take();
  Writer head;
  head.bytes(kMagic.data(), kMagic.size());
  head.number(XXH3_64bits(body.data(), body.size()));
  return head.take() + body;
}

std::optional<ResultSet> decode_index(std::string_view bytes, const std::vector<FileStamp>& stamps,
                                      std::string_view options) {
  if (bytes.size() < kHeadBytes || !bytes.starts_with(kMagic)) return std::nullopt;
  const std::uint64_t sum = Reader(bytes.substr(kMagic.size())).number();
  bytes.remove_prefix(kHeadBytes);
  Reader r(bytes);
  // The cheap reasons first: how it was read, and of which files.
  if (r.text() != options || r.number() != stamps.size()) return std::nullopt;
  for (const FileStamp& wanted : stamps) {
    FileStamp found;
    found.path = r.text();
    found.size = r.number();
    found.modified_ns = static_cast<std::int64_t>(r.number());
    found.sample = r.number();
    if (!(found == wanted)) return std::nullopt;
  }
  if (XXH3_64bits(bytes.data(), bytes.size()) != sum) return std::nullopt;
  ResultSet set;
  for (std::string* text : {&set.source, &set.format, &set.name, &set.model}) *text = r.text();
  for (auto* texts : {&set.files, &set.notes, &set.tags}) {
    for (std::uint64_t n = r.count(); n > 0; --n) texts->push_back(r.text());
  }
  for (std::uint64_t n = r.count(); n > 0; --n) {
    Metric metric;
    metric.name = r.text();
    metric.higher_is_better = r.number() != 0;
    metric.scorer = r.text();
    set.metrics.push_back(std::move(metric));
  }
  set.rows = r.array<Row>();
  set.scores = r.array<double>();
  set.arena = r.text();
  if (!r.good() || !r.at_end() || !sound(set)) return std::nullopt;
  return set;
}

}  // namespace interposer::evals
