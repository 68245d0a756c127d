// Which format a path holds, its index, and the texts of a row.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>

#include "base/strings.h"
#include "evals/import/formats.h"
#include "evals/read/files.h"
#include "evals/record/index.h"
#include "evals/record/response.h"
#include "evals/record/run_log.h"
#include "evals/trec/text_file.h"

namespace interposer::evals {
namespace {

constexpr std::size_t kIndexedBytesMin = std::size_t{1} << 20;  // smaller logs are read again
constexpr std::size_t kSniffBytes = 4096;

constexpr const char* kFormats =
    "give a run folder of `interposer eval run`, samples_*.jsonl of lm-eval --log_samples, "
    "results of promptfoo -o FILE.json, or an inspect log in JSON (inspect log convert --to json)";

bool is_folder(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

// The newest samples file of each task: names end with a time that sorts.
std::vector<std::string> newest_samples(const std::vector<net::DirEntry>& entries,
                                        const std::string& folder) {
  std::map<std::string, std::string> newest;
  for (const net::DirEntry& entry : entries) {
    if (!entry.name.starts_with("samples_") || !entry.name.ends_with(".jsonl")) continue;
    const std::size_t time = entry.name.rfind("_20");
    std::string& name = newest[entry.name.substr(0, time)];
    name = std::max(name, entry.name);
  }
  std::vector<std::string> out;
  for (const auto& [task, name] : newest) out.push_back(folder + "/" + name);
  return out;
}

struct Found {
  enum class Format : char { kOwn, kLmEval, kDocument } format = Format::kDocument;
  std::vector<std::string> files;
};

Result<Found> find_in_folder(const std::string& folder) {
  net::FileSystem& files = net::FileSystem::real();
  IP_TRY(std::vector<std::string> own, segments(files, folder));
  if (!own.empty()) return Found{Found::Format::kOwn, std::move(own)};
  IP_TRY(const std::vector<net::DirEntry> entries, files.list(folder));
  std::vector<std::string> samples = newest_samples(entries, folder);
  if (!samples.empty()) return Found{Found::Format::kLmEval, std::move(samples)};
  return make_error(Code::kInvalidArgument, folder + " holds no results", kFormats);
}

Result<Found> find_at(const std::string& path) {
  if (is_folder(path)) return find_in_folder(path);
  IP_TRY(const trec::MappedFile file, trec::MappedFile::open(path));
  const std::string_view head = file.text().substr(0, kSniffBytes);
  if (head.starts_with("PK"))
    return make_error(Code::kUnsupported, path + " is an inspect log in its packed form",
                      "write it as JSON: inspect log convert --to json --output-dir OUT " + path);
  const bool lm_eval = head.find("\"doc_id\"") != std::string_view::npos &&
                       head.find("\"results\"") == std::string_view::npos;
  return Found{lm_eval ? Found::Format::kLmEval : Found::Format::kDocument, {path}};
}

Result<ResultSet> read_document(const std::string& path, const ReadOptions& options) {
  IP_TRY(const std::string text, read_file(path));
  const std::string_view head = std::string_view(text).substr(0, kSniffBytes);
  const auto has = [head](std::string_view key) {
    return head.find(fmt::format("\"{}\"", key)) != std::string_view::npos;
  };
  if (has("eval") && has("status")) return read_inspect(path, text, options);
  if (has("results") || has("promptIdx") || has("testCase") || has("evalId"))
    return read_promptfoo(path, text, options);
  return make_error(Code::kInvalidArgument, path + " is of no known format", kFormats);
}

// Where the index lies: in our own folders beside the log, elsewhere beside the first file.
std::string index_path(const std::string& path, const Found& found) {
  if (found.format == Found::Format::kOwn) return path + "/index.bin";
  return found.files.front() + ".ipindex";
}

Result<ResultSet> read_fresh(const std::string& path, const Found& found,
                             const ReadOptions& options) {
  switch (found.format) {
    case Found::Format::kOwn:
      return read_own_log(path, found.files, options);
    case Found::Format::kLmEval:
      return read_lm_eval(path, found.files, options);
    case Found::Format::kDocument:
      break;
  }
  return read_document(path, options);
}

}  // namespace

Result<ResultSet> read_results(const std::string& given, const ReadOptions& wanted) {
  ReadOptions options = wanted;
  std::string path = given;
  // PATH#VARIANT, unless a file is called so.
  const std::size_t hash = path.rfind('#');
  if (hash != std::string::npos && !net::FileSystem::real().exists(path)) {
    options.variant = path.substr(hash + 1);
    path.resize(hash);
  }
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  if (!net::FileSystem::real().exists(path))
    return make_error(Code::kNotFound, "no file or folder '" + path + "'", kFormats);
  if (!options.qrels.empty()) return read_trec_run(path, options);
  IP_TRY(Found found, find_at(path));
  std::vector<FileStamp> stamps;
  std::uint64_t bytes = 0;
  std::vector<std::string> stamped = found.files;
  const std::string scores = path + "/scores.jsonl";
  if (found.format == Found::Format::kOwn && net::FileSystem::real().exists(scores))
    stamped.push_back(scores);
  const bool indexed = options.use_index && found.format != Found::Format::kDocument;
  if (indexed) {
    for (const std::string& file : stamped) {
      IP_TRY(FileStamp made, stamp(file));
      bytes += made.size;
      stamps.push_back(std::move(made));
    }
  }
  const std::string reading = options.variant + "\n" + options.cluster;
  const std::string where = index_path(path, found);
  if (indexed && bytes >= kIndexedBytesMin) {
    auto file = trec::MappedFile::open(where);
    if (file) {
      if (auto set = decode_index(file->text(), stamps, reading)) return std::move(*set);
    }
  }
  IP_TRY(ResultSet set, read_fresh(path, found, options));
  if (indexed && bytes >= kIndexedBytesMin) {
    // A folder that cannot be written to is read slowly, and that is all.
    (void)net::FileSystem::real().write_atomic(where, encode_index(set, stamps, reading), 0644);
  }
  return set;
}

Result<Texts> texts_of(const ResultSet& set, const Row& row) {
  if (row.file == kTextInline) {
    Texts out;
    std::string_view rest = std::string_view(set.arena).substr(row.text_at, row.text_size);
    for (std::string* text : {&out.input, &out.expected, &out.output, &out.note}) {
      std::size_t size = 0;
      while (!rest.empty() && rest.front() != ':') {
        size = size * 10 + static_cast<std::size_t>(rest.front() - '0');
        rest.remove_prefix(1);
      }
      if (!rest.empty()) rest.remove_prefix(1);
      *text = rest.substr(0, size);
      rest.remove_prefix(std::min(size, rest.size()));
    }
    return out;
  }
  IP_TRY(const trec::MappedFile file, trec::MappedFile::open(set.files[row.file]));
  if (row.text_at > file.text().size())
    return make_error(Code::kDataLoss, set.files[row.file] + " has become shorter",
                      "compare again");
  const std::string_view line = file.text().substr(row.text_at, row.text_size);
  return set.format == "lm-eval" ? lm_eval_texts(line) : own_texts(line);
}

}  // namespace interposer::evals
