// The record store: bases, documents, versions, chunks, vectors. The truth; everything else is made
// from it. Reading takes a connection from a small pool; writing is one transaction at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "knowledge/parse/parsed.h"
#include "knowledge/records/codec.h"
#include "knowledge/text/chunker.h"
#include "knowledge/types.h"
#include "store/database.h"

namespace interposer::knowledge {

using ContentHash = std::string;  // 32 bytes of SHA-256
ContentHash content_hash(std::string_view bytes);
std::string hash_prefix_hex(const ContentHash& hash);  // first 16 hex digits

struct BaseRow {
  std::int64_t id = 0;
  std::string name;
  std::vector<std::string> sources;
};

struct FileRow {  // a file as it was when it was ingested last
  std::int64_t size = -1, modified_ns = 0;
  ContentHash hash;
  std::string format;  // "auto", "tsv", "jsonl"
};

struct DocumentRow {
  std::int64_t id = 0;
  std::string name;          // the document's id within its base
  std::string path;          // of its file; empty for uploads
  std::int64_t version = 0;  // record id of the current one; 0: deleted
  ContentHash hash;          // of the current one
};

struct NewDocument {
  std::string name, path, uri;
  Kind kind = Kind::kUnknown;
  ContentHash hash;
  std::int64_t bytes = 0;
  Parsed parsed;
  std::vector<Span> sentences;
  std::vector<ChunkSpan> chunks;
};

struct ChunkText {
  std::int64_t chunk = 0, document = 0;
  std::string context, text;
  ContentHash hash;  // of what is embedded
  std::string searchable() const { return context.empty() ? text : context + "\n" + text; }
};

struct HitRow {
  std::string base, name, version, title, uri, context, text;
  std::int64_t start = 0, end = 0;
};

// What a commit changed, for the index: removed first, then added (ascending).
struct Change {
  std::vector<ChunkText> removed, added;
  std::int64_t created = 0, updated = 0, deleted = 0;
};

class Records {
 public:
  static Result<std::unique_ptr<Records>> open(const std::string& path);

  Result<std::vector<BaseRow>> bases();
  Result<bool> find_same(BaseRow* base);
  Result<BaseRow> put_base(const std::string& name, const std::vector<std::string>& sources);

  Result<std::optional<FileRow>> file(std::int64_t base, const std::string& path);
  Status put_file(std::int64_t base, const std::string& path, const FileRow& row);
  // Files that lie under a folder (or are it), of this base.
  Result<std::vector<std::string>> files_under(std::int64_t base, const std::string& path);
  Result<std::optional<DocumentRow>> document(std::int64_t base, const std::string& name);
  // Current documents of a file (one, or many for TSV and JSON lines).
  Result<std::vector<DocumentRow>> documents_of(std::int64_t base, const std::string& path);

  // All of it or nothing, durable when it returns.
  Result<Change> commit(std::int64_t base, const std::vector<NewDocument>& documents);
  Result<Change> erase(std::int64_t base, const std::vector<DocumentRow>& documents);
  Status forget_file(std::int64_t base, const std::string& path);

  Result<std::vector<std::int64_t>> live_chunks(std::int64_t base);  // ascending
  Result<std::optional<ChunkText>> chunk(std::int64_t chunk);        // dead ones too
  Status each_chunk(std::int64_t base, const std::function<void(const ChunkText&)>& f);
  Status drop_dead_chunks(std::int64_t base);  // once no saved index holds them
  Result<std::optional<HitRow>> hit(std::int64_t chunk);

  Result<std::vector<DocumentInfo>> documents(const std::string& base, std::int64_t base_id,
                                              std::int64_t offset, std::int64_t limit);
  // Empty version: the current one. kNotFound for both absent ones.
  Result<Version> version(const std::string& base, std::int64_t base_id, const std::string& name,
                          std::string_view version);
  struct VersionKey {
    std::string name, version;
  };
  Result<std::vector<VersionKey>> versions_with_tables(std::int64_t base);

  Result<std::optional<std::vector<std::uint16_t>>> vector(const std::string& model,
                                                           const ContentHash& hash);
  Status put_vectors(const std::string& model, const std::vector<ContentHash>& hashes,
                     const std::vector<std::vector<std::uint16_t>>& vectors);
  Status checkpoint();

 private:
  class Lease;
  Records(std::string path, std::unique_ptr<store::Database> writer)
      : path_(std::move(path)), writer_(std::move(writer)) {}
  Result<Lease> reader();
  Status put_version(std::int64_t base, const NewDocument& document, Change& change);
  Status retire(std::int64_t version, Change& change);

  std::string path_;
  std::mutex writer_mutex_;
  std::unique_ptr<store::Database> writer_;
  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<store::Database>> readers_;
};

}  // namespace interposer::knowledge
