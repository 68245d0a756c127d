#include "knowledge/ingest.h"

#include <algorithm>
#include <filesystem>
#include <unordered_map>
#include <unordered_set>

#include "base/strings.h"
#include "knowledge/knowledge_impl.h"
#include "knowledge/text/sentences.h"

namespace interposer::knowledge {
namespace {

constexpr std::uint64_t kMaxLinesBytes = 2ULL << 30;
constexpr std::size_t kBatchDocuments = 256;  // lines: documents of one transaction

// A title of last resort for a line of TSV: its beginning.
std::string short_title(std::string_view text) {
  constexpr std::size_t kChars = 100;
  const auto stop = text.find(". ");
  text = trim(
      text.substr(0, std::min(stop == std::string_view::npos ? text.size() : stop, kChars * 4)));
  if (text.size() <= kChars) return std::string(text);
  const auto space = text.rfind(' ', kChars);
  return std::string(text.substr(0, space == std::string_view::npos ? text.size() : space)) +
         " ...";
}

}  // namespace

const char* Ingest::format_name() const {
  return request_.format == Format::kTsv     ? "tsv"
         : request_.format == Format::kJsonl ? "jsonl"
                                             : "auto";
}

void Ingest::tell(const std::string& file, FileEvent::State state) {
  if (request_.progress) request_.progress({file, state, {}, {}, counted_.done, counted_.total});
}

void Ingest::fail(const std::string& file, const Error& error) {
  ++summary.failed;
  if (request_.progress)
    request_.progress({file, FileEvent::State::kFailed, error.message, error.remedy, counted_.done,
                       counted_.total});
}

Status Ingest::check_stop() const {
  if (request_.stop.stop_requested())
    return make_error(Code::kCancelled, "the ingest was stopped; what was committed stays");
  return {};
}

Status Ingest::paths() {
  for (const std::string& p : request_.paths) {
    IP_OK(path(p));
  }
  return {};
}

Status Ingest::path(const std::string& path) {
  auto walked = walk(path, request_.format);
  if (!walked) {
    // It was here once: its documents go, as with any other deletion.
    const std::string real = real_path(path);
    IP_TRY(const auto known, records_.files_under(base_.id, real));
    if (known.empty() || walked.error().code != Code::kNotFound) {
      fail(path, walked.error());
      return {};
    }
    return vanished(real, {});
  }
  counted_.total += static_cast<std::int64_t>(walked->files.size() + walked->failures.size());
  for (const auto& failure : walked->failures) {
    ++counted_.done;
    fail(failure.file, failure.error);
  }
  for (const SourceFile& source : walked->files) {
    IP_OK(check_stop());
    ++counted_.done;
    IP_OK(file(source));
  }
  return vanished(real_path(path), *walked);
}

Status Ingest::file(const SourceFile& file) {
  IP_TRY(const auto before, records_.file(base_.id, file.path));
  const bool same = before && before->size == file.size &&
                    before->modified_ns == file.modified_ns && before->format == format_name();
  if (same) {
    ++summary.unchanged;
    tell(file.path, FileEvent::State::kUnchanged);
    return {};
  }
  return changed_file(file, before);
}

Status Ingest::changed_file(const SourceFile& file, const std::optional<FileRow>& before) {
  tell(file.path, FileEvent::State::kReading);
  const bool lines = request_.format != Format::kAuto;
  auto bytes = read_source(file.path, lines ? kMaxLinesBytes : kMaxFileBytes);
  if (!bytes) {
    fail(file.path, bytes.error());
    return {};
  }
  const FileRow now{file.size, file.modified_ns, content_hash(*bytes), format_name()};
  if (before && before->hash == now.hash && before->format == now.format) {
    ++summary.unchanged;
    tell(file.path, FileEvent::State::kUnchanged);
    return records_.put_file(base_.id, file.path, now);
  }
  tell(file.path, FileEvent::State::kParsing);
  const std::int64_t failed = summary.failed;
  IP_OK(lines ? many(file, *bytes) : one(file, *bytes, now.hash));
  // A file that failed is tried again next time.
  if (!lines && summary.failed > failed) return {};
  return records_.put_file(base_.id, file.path, now);
}

Result<NewDocument> Ingest::make(Kind kind, const std::string& name, std::string_view bytes) {
  NewDocument document;
  IP_TRY(document.parsed, parse(kind, name, bytes));
  document.kind = kind;
  document.bytes = static_cast<std::int64_t>(bytes.size());
  document.sentences = split_sentences(document.parsed.text, document.parsed.blocks);
  document.chunks = make_chunks(document.parsed, document.sentences);
  return document;
}

// The name a file's document has already; else its name, made longer until it is free.
Result<std::string> Ingest::name_for(const SourceFile& file) {
  IP_TRY(const auto known, records_.documents_of(base_.id, file.path));
  if (!known.empty()) return known.front().name;
  for (const std::string& name : {file.name, file.root + "/" + file.name, file.path.substr(1)}) {
    IP_TRY(const auto taken, records_.document(base_.id, name));
    if (!taken || taken->version == 0 || taken->path == file.path) return name;
  }
  return file.path;
}

Status Ingest::one(const SourceFile& file, std::string_view bytes, const ContentHash& hash) {
  auto document = make(kind_of(file.name), file.name, bytes);
  if (!document) {
    fail(file.path, document.error());
    return {};
  }
  IP_TRY(document->name, name_for(file));
  document->path = file.path;
  document->uri = "file://" + file.path;
  document->hash = hash;
  std::vector<NewDocument> batch;
  batch.push_back(std::move(*document));
  IP_OK(commit(batch));
  tell(file.path, FileEvent::State::kSearchable);
  return {};
}

Status Ingest::commit(std::vector<NewDocument>& batch) {
  if (batch.empty()) return {};
  IP_TRY(const Change change, records_.commit(base_.id, batch));
  apply_change(base_, change);
  base_.changed = true;
  summary.added += change.created;
  summary.changed += change.updated;
  summary.chunks += static_cast<std::int64_t>(change.added.size());
  batch.clear();
  return {};
}

// TSV and JSON lines: what stays the same is passed over, what is gone is erased.
Status Ingest::many(const SourceFile& file, std::string_view bytes) {
  IP_TRY(const auto known_rows, records_.documents_of(base_.id, file.path));
  std::unordered_map<std::string, ContentHash> known;
  for (const DocumentRow& row : known_rows) known.emplace(row.name, row.hash);
  const Kind kind = request_.format == Format::kTsv ? Kind::kTsv : Kind::kJsonl;
  std::unordered_set<std::string> seen;
  std::vector<NewDocument> batch;
  IP_OK(read_lines(file.name, bytes, request_.format, [&](Result<LineDocument> line) -> Status {
    IP_OK(check_stop());
    if (!line) {
      fail(file.path, line.error());
      return {};
    }
    if (!seen.insert(line->id).second) {
      fail(file.path,
           make_error(Code::kAlreadyExists, file.name + ": the id '" + line->id + "' stands twice",
                      "ids must differ"));
      return {};
    }
    const std::string text = line->title.empty() ? line->text : line->title + "\n\n" + line->text;
    const ContentHash hash = content_hash(text);
    const auto before = known.find(line->id);
    if (before != known.end() && before->second == hash) {
      ++summary.unchanged;
      return {};
    }
    auto document = make(Kind::kText, line->id, text);
    if (!document) {
      fail(file.path, document.error());
      return {};
    }
    document->parsed.title = line->title.empty() ? short_title(line->text) : line->title;
    document->parsed.title_from_content = false;  // it is in the text already
    document->name = line->id;
    document->path = file.path;
    document->uri = line->uri.empty() ? "file://" + file.path + "#" + line->id : line->uri;
    document->kind = kind;
    document->hash = hash;
    batch.push_back(std::move(*document));
    if (batch.size() < kBatchDocuments) return {};
    IP_OK(commit(batch));
    tell(file.path, FileEvent::State::kParsing);
    return {};
  }));
  IP_OK(commit(batch));
  std::vector<DocumentRow> gone;
  for (const DocumentRow& row : known_rows)
    if (!seen.contains(row.name)) gone.push_back(row);
  IP_TRY(const Change change, records_.erase(base_.id, gone));
  apply_change(base_, change);
  summary.deleted += change.deleted;
  if (change.deleted > 0) base_.changed = true;
  tell(file.path, FileEvent::State::kSearchable);
  return {};
}

// Files that were ingested from below `path` and are not there any more.
Status Ingest::vanished(const std::string& path, const Walked& walked) {
  std::unordered_set<std::string> here;
  for (const SourceFile& file : walked.files) here.insert(file.path);
  for (const auto& failure : walked.failures) here.insert(failure.file);
  IP_TRY(const auto known, records_.files_under(base_.id, path));
  for (const std::string& file : known) {
    const bool hidden =
        std::any_of(walked.unreadable.begin(), walked.unreadable.end(),
                    [&](const std::string& f) { return file.starts_with(f + "/"); });
    if (here.contains(file) || hidden) continue;
    IP_OK(erase_file(file));
  }
  return {};
}

Status Ingest::erase_file(const std::string& path) {
  IP_TRY(const auto documents, records_.documents_of(base_.id, path));
  IP_TRY(const Change change, records_.erase(base_.id, documents));
  apply_change(base_, change);
  base_.changed = true;
  summary.deleted += change.deleted;
  tell(path, FileEvent::State::kDeleted);
  return records_.forget_file(base_.id, path);
}

Status Ingest::bytes(const std::string& name, std::string_view bytes) {
  counted_ = {1, 1};
  tell(name, FileEvent::State::kParsing);
  const ContentHash hash = content_hash(bytes);
  IP_TRY(const auto before, records_.document(base_.id, name));
  if (before && before->version != 0 && before->hash == hash) {
    ++summary.unchanged;
    tell(name, FileEvent::State::kUnchanged);
    return {};
  }
  auto document = make(kind_of(name), name, bytes);
  if (!document) {
    fail(name, document.error());
    return {};
  }
  document->name = name;
  document->uri = "upload:" + name;
  document->hash = hash;
  std::vector<NewDocument> batch;
  batch.push_back(std::move(*document));
  IP_OK(commit(batch));
  tell(name, FileEvent::State::kSearchable);
  return {};
}

namespace {

struct Ingesting {
  explicit Ingesting(BaseState& b) : base(b) { ++base.ingesting; }
  ~Ingesting() { --base.ingesting; }
  Ingesting(const Ingesting&) = delete;
  Ingesting& operator=(const Ingesting&) = delete;
  BaseState& base;
};

}  // namespace

// Waits for the vectors without holding the base: others may ingest meanwhile.
Status KnowledgeImpl::finish_ingest(const BaseRef& base, const IngestRequest& request,
                                    IngestSummary& summary) {
  const std::int64_t before = base->vectors_made;
  worker_->watch(base);
  Status waited;
  if (request.vectors) {
    waited = worker_->wait(base, request.stop, [&](std::int64_t done, std::int64_t total) {
      if (request.progress)
        request.progress({{}, FileEvent::State::kEmbedded, {}, {}, done, total});
    });
  }
  summary.vectors = base->vectors_made - before;
  if (summary.vectors > 0) base->changed = true;
  const std::lock_guard lock(base->ingest_mutex);
  if (base->changed.exchange(false)) {
    IP_OK(save_index(*base, *records_));
  }
  return waited;
}

Result<IngestSummary> KnowledgeImpl::run_ingest(const BaseRef& base, const IngestRequest& request,
                                                const std::function<Status(Ingest&)>& f) {
  const Ingesting mark(*base);
  Ingest ingest(*base, *records_, request);
  {
    const std::lock_guard lock(base->ingest_mutex);
    IP_OK(f(ingest));
  }
  IP_OK(finish_ingest(base, request, ingest.summary));
  return ingest.summary;
}

Result<IngestSummary> KnowledgeImpl::ingest(const IngestRequest& request) {
  IP_TRY(auto base, ready(request.base));
  return run_ingest(base, request, [](Ingest& ingest) { return ingest.paths(); });
}

Result<IngestSummary> KnowledgeImpl::ingest_bytes(const std::string& name,
                                                  const std::string& document, std::string bytes,
                                                  const IngestRequest& how) {
  IP_TRY(auto base, ready(name));
  return run_ingest(base, how, [&](Ingest& ingest) { return ingest.bytes(document, bytes); });
}

Status KnowledgeImpl::remove(std::string_view document) {
  IP_TRY(const auto name, split_document(document));
  IP_TRY(auto base, ready(name.base));
  const std::lock_guard lock(base->ingest_mutex);
  IP_TRY(const auto row, records_->document(base->id, name.id));
  if (!row || row->version == 0)
    return make_error(Code::kNotFound, "no document '" + std::string(document) + "'", "",
                      "unknown_document");
  IP_TRY(const Change change, records_->erase(base->id, {*row}));
  apply_change(*base, change);
  base->changed = true;
  if (!row->path.empty()) return records_->forget_file(base->id, row->path);
  return {};
}

}  // namespace interposer::knowledge
