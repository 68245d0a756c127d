// Reading documents and versions.
#include "knowledge/records/lease.h"

namespace interposer::knowledge {
namespace {

constexpr const char* kInfoColumns =
    "SELECT d.name, v.version, v.title, v.uri, v.kind, v.bytes, v.ingested_at, d.version = v.id,"
    " v.id, v.text, v.blocks, v.sentences FROM documents d JOIN versions v ON v.document = d.id";
constexpr const char* kListColumns =
    "SELECT d.name, v.version, v.title, v.uri, v.kind, v.bytes, v.ingested_at, 1"
    " FROM documents d JOIN versions v ON v.id = d.version";

DocumentInfo info_of(const std::string& base, const store::Statement& row) {
  DocumentInfo info;
  info.base = base;
  info.id = row.text(0);
  info.document = base + "/" + info.id;
  info.version = row.text(1);
  info.title = row.text(2);
  info.uri = row.text(3);
  info.kind = row.text(4);
  info.bytes = row.integer(5);
  info.ingested_at = row.integer(6);
  info.current = row.integer(7) != 0;
  return info;
}

// Sentence ids: the version's record id and the place within it.
constexpr int kSentenceBits = 24;

}  // namespace

Result<std::vector<DocumentInfo>> Records::documents(const std::string& base, std::int64_t base_id,
                                                     std::int64_t offset, std::int64_t limit) {
  IP_TRY(const Lease db, reader());
  IP_TRY(auto query, db->prepare(std::string(kListColumns) +
                                 " WHERE d.base = ? ORDER BY d.name LIMIT ? OFFSET ?"));
  query.bind(1, base_id).bind(2, limit).bind(3, offset);
  std::vector<DocumentInfo> all;
  for (;;) {
    IP_TRY(const bool row, query.step());
    if (!row) return all;
    all.push_back(info_of(base, query));
  }
}

Result<Version> Records::version(const std::string& base, std::int64_t base_id,
                                 const std::string& name, std::string_view version) {
  IP_TRY(const Lease db, reader());
  const bool current = version.empty();
  IP_TRY(auto query,
         db->prepare(std::string(kInfoColumns) + " WHERE d.base = ? AND d.name = ? AND " +
                     (current ? "v.id = d.version" : "v.version = ?")));
  query.bind(1, base_id).bind(2, name);
  if (!current) query.bind(3, version);
  IP_TRY(const bool row, query.step());
  if (!row)
    return make_error(Code::kNotFound,
                      current ? "no document '" + base + "/" + name + "'"
                              : "no version '" + std::string(version) + "' of document '" + base +
                                    "/" + name + "'",
                      "list what there is: interposer search, or the page's documents view",
                      current ? "unknown_document" : "unknown_version");
  Version out;
  out.info = info_of(base, query);
  const std::int64_t id = query.integer(8);
  out.text = query.text(9);
  Reader blocks(query.text_view(10)), sentences(query.text_view(11));
  IP_TRY(out.blocks, read_blocks(blocks, out.text));
  IP_TRY(const auto spans, read_spans(sentences, out.text.size()));
  for (std::size_t i = 0; i < spans.size(); ++i)
    out.sentences.push_back({(id << kSentenceBits) + static_cast<std::int64_t>(i), spans[i].start,
                             spans[i].end, spans[i].block});
  return out;
}

Result<std::vector<Records::VersionKey>> Records::versions_with_tables(std::int64_t base) {
  IP_TRY(const Lease db, reader());
  IP_TRY(auto query, db->prepare("SELECT d.name, v.version FROM documents d JOIN versions v"
                                 " ON v.id = d.version WHERE d.base = ? AND v.tables > 0"
                                 " ORDER BY d.name"));
  query.bind(1, base);
  std::vector<VersionKey> keys;
  for (;;) {
    IP_TRY(const bool row, query.step());
    if (!row) return keys;
    keys.push_back({query.text(0), query.text(1)});
  }
}

}  // namespace interposer::knowledge
