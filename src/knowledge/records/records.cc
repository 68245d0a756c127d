#include "knowledge/records/records.h"

#include <openssl/evp.h>

#include "base/hex.h"
#include "base/strings.h"
#include "knowledge/records/lease.h"
#include "knowledge/records/schema.h"

namespace interposer::knowledge {
namespace {

DocumentRow document_row(const store::Statement& row) {
  DocumentRow document;
  document.id = row.integer(0);
  document.name = row.text(1);
  document.path = row.text(2);
  document.version = row.integer(3);
  document.hash = row.text(4);
  return document;
}

constexpr const char* kDocumentColumns =
    "SELECT d.id, d.name, d.path, d.version, coalesce(v.hash, x'') FROM documents d"
    " LEFT JOIN versions v ON v.id = d.version";

}  // namespace

ContentHash content_hash(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr);
  return {reinterpret_cast<const char*>(digest), size};
}

std::string hash_prefix_hex(const ContentHash& hash) {
  return to_hex(std::string_view(hash).substr(0, 8));
}

Result<std::unique_ptr<Records>> Records::open(const std::string& path) {
  IP_TRY(auto writer, store::Database::open(path));
  IP_OK(writer->migrate(record_migrations()));
  return std::unique_ptr<Records>(new Records(path, std::move(writer)));
}

Result<Records::Lease> Records::reader() {
  {
    const std::lock_guard lock(readers_mutex_);
    if (!readers_.empty()) {
      auto db = std::move(readers_.back());
      readers_.pop_back();
      return Lease(this, std::move(db));
    }
  }
  IP_TRY(auto db, store::Database::open(path_, {.read_only = true}));
  return Lease(this, std::move(db));
}

Result<std::vector<BaseRow>> Records::bases() {
  IP_TRY(const Lease db, reader());
  IP_TRY(auto query, db->prepare("SELECT id, name, sources FROM bases ORDER BY name"));
  std::vector<BaseRow> rows;
  for (;;) {
    IP_TRY(const bool row, query.step());
    if (!row) return rows;
    BaseRow base{query.integer(0), query.text(1), {}};
    for (const auto source : split(query.text(2), '\n'))
      if (!source.empty()) base.sources.emplace_back(source);
    rows.push_back(std::move(base));
  }
}

// Whether the base stands there with these sources; gives it its id.
Result<bool> Records::find_same(BaseRow* base) {
  IP_TRY(auto query, writer_->prepare("SELECT id FROM bases WHERE name = ?1 AND sources = ?2"));
  query.bind(1, base->name).bind(2, join(base->sources, "\n"));
  IP_TRY(const bool row, query.step());
  if (row) base->id = query.integer(0);
  return row;
}

Result<BaseRow> Records::put_base(const std::string& name,
                                  const std::vector<std::string>& sources) {
  const std::lock_guard lock(writer_mutex_);
  BaseRow base{0, name, sources};
  IP_TRY(const bool same, find_same(&base));
  if (same) return base;  // nothing to write: a full disk can still be read
  IP_OK(writer_->transaction([&]() -> Status {
    IP_TRY(auto put,
           writer_->prepare("INSERT INTO bases(name, sources) VALUES(?1, ?2)"
                            " ON CONFLICT(name) DO UPDATE SET sources = ?2 RETURNING id"));
    put.bind(1, name).bind(2, join(sources, "\n"));
    IP_TRY(const bool row, put.step());
    if (!row) return make_error(Code::kInternal, "the base was not stored");
    base.id = put.integer(0);
    return put.run();
  }));
  return base;
}

Result<std::optional<FileRow>> Records::file(std::int64_t base, const std::string& path) {
  IP_TRY(const Lease db, reader());
  IP_TRY(auto query, db->prepare("SELECT size, modified_ns, hash, format FROM files"
                                 " WHERE base = ? AND path = ?"));
  query.bind(1, base).bind(2, path);
  IP_TRY(const bool row, query.step());
  if (!row) return std::optional<FileRow>();
  return std::optional(FileRow{query.integer(0), query.integer(1), query.text(2), query.text(3)});
}

Status Records::put_file(std::int64_t base, const std::string& path, const FileRow& row) {
  const std::lock_guard lock(writer_mutex_);
  IP_TRY(auto put,
         writer_->prepare("INSERT OR REPLACE INTO files(base, path, size, modified_ns, hash,"
                          " format) VALUES(?,?,?,?,?,?)"));
  put.bind(1, base).bind(2, path).bind(3, row.size).bind(4, row.modified_ns);
  put.bind_blob(5, as_bytes(row.hash)).bind(6, row.format);
  return put.run();
}

Status Records::forget_file(std::int64_t base, const std::string& path) {
  const std::lock_guard lock(writer_mutex_);
  IP_TRY(auto drop, writer_->prepare("DELETE FROM files WHERE base = ? AND path = ?"));
  return drop.bind(1, base).bind(2, path).run();
}

Result<std::vector<std::string>> Records::files_under(std::int64_t base, const std::string& path) {
  IP_TRY(const Lease db, reader());
  // '0' is the character after '/': everything that begins with "path/".
  IP_TRY(auto query, db->prepare("SELECT path FROM files WHERE base = ?1 AND (path = ?2 OR"
                                 " (path > ?2 || '/' AND path < ?2 || '0')) ORDER BY path"));
  query.bind(1, base).bind(2, path);
  std::vector<std::string> paths;
  for (;;) {
    IP_TRY(const bool row, query.step());
    if (!row) return paths;
    paths.push_back(query.text(0));
  }
}

Result<std::optional<DocumentRow>> Records::document(std::int64_t base, const std::string& name) {
  IP_TRY(const Lease db, reader());
  IP_TRY(auto query,
         db->prepare(std::string(kDocumentColumns) + " WHERE d.base = ? AND d.name = ?"));
  query.bind(1, base).bind(2, name);
  IP_TRY(const bool row, query.step());
  if (!row) return std::optional<DocumentRow>();
  return std::optional(document_row(query));
}

Result<std::vector<DocumentRow>> Records::documents_of(std::int64_t base, const std::string& path) {
  IP_TRY(const Lease db, reader());
  IP_TRY(auto query, db->prepare(std::string(kDocumentColumns) +
                                 " WHERE d.base = ? AND d.path = ? AND d.version != 0"));
  query.bind(1, base).bind(2, path);
  std::vector<DocumentRow> rows;
  for (;;) {
    IP_TRY(const bool row, query.step());
    if (!row) return rows;
    rows.push_back(document_row(query));
  }
}

Result<std::optional<std::vector<std::uint16_t>>> Records::vector(const std::string& model,
                                                                  const ContentHash& hash) {
  IP_TRY(const Lease db, reader());
  IP_TRY(auto query, db->prepare("SELECT vector FROM vectors WHERE model = ? AND hash = ?"));
  query.bind(1, model).bind_blob(2, as_bytes(hash));
  IP_TRY(const bool row, query.step());
  if (!row) return std::optional<std::vector<std::uint16_t>>();
  const std::string_view bytes = query.text_view(0);
  std::vector<std::uint16_t> half(bytes.size() / sizeof(std::uint16_t));
  std::copy_n(bytes.data(), half.size() * sizeof(std::uint16_t),
              reinterpret_cast<char*>(half.data()));
  return std::optional(std::move(half));
}

Status Records::put_vectors(const std::string& model, const std::vector<ContentHash>& hashes,
                            const std::vector<std::vector<std::uint16_t>>& vectors) {
  const std::lock_guard lock(writer_mutex_);
  return writer_->transaction([&]() -> Status {
    IP_TRY(auto put,
           writer_->prepare("INSERT OR IGNORE INTO vectors(model, hash, vector) VALUES(?,?,?)"));
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      put.reset();
      put.bind(1, model).bind_blob(2, as_bytes(hashes[i]));
      put.bind_blob(3, {reinterpret_cast<const unsigned char*>(vectors[i].data()),
                        vectors[i].size() * sizeof(std::uint16_t)});
      IP_OK(put.run());
    }
    return {};
  });
}

Status Records::checkpoint() {
  const std::lock_guard lock(writer_mutex_);
  return writer_->checkpoint();
}

}  // namespace interposer::knowledge
