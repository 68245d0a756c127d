// Writing documents and versions.
#include "base/time.h"
#include "knowledge/records/lease.h"

namespace interposer::knowledge {
namespace {

// The chunks of one version, with their text; live or dead.
constexpr const char* kChunkColumns =
    "SELECT c.id, c.document, c.context, substr(v.text, c.start + 1, c.end - c.start), c.hash"
    " FROM chunks c JOIN versions v ON v.id = c.version";

ChunkText chunk_text(const store::Statement& row) {
  return {row.integer(0), row.integer(1), row.text(2), row.text(3), row.text(4)};
}

std::int64_t count_tables(const std::vector<Block>& blocks) {
  std::int64_t n = 0;
  for (const Block& block : blocks) n += block.table ? 1 : 0;
  return n;
}

struct Key {
  std::int64_t id = 0, current = 0;
};

// The document's row, made when missing.
Result<Key> document_key(store::Database& db, std::int64_t base, const NewDocument& document) {
  IP_TRY(auto find, db.prepare("SELECT id, version FROM documents WHERE base = ? AND name = ?"));
  find.bind(1, base).bind(2, document.name);
  IP_TRY(const bool known, find.step());
  if (known) return Key{find.integer(0), find.integer(1)};
  IP_TRY(auto make, db.prepare("INSERT INTO documents(base, name, path, version) VALUES(?,?,?,0)"));
  IP_OK(make.bind(1, base).bind(2, document.name).bind(3, document.path).run());
  return Key{db.last_insert_id(), 0};
}

// The version's row: there already when a document returns to what it was.
Result<std::int64_t> version_key(store::Database& db, std::int64_t id,
                                 const NewDocument& document) {
  const std::string version = hash_prefix_hex(document.hash);
  IP_TRY(auto find, db.prepare("SELECT id FROM versions WHERE document = ? AND version = ?"));
  find.bind(1, id).bind(2, version);
  IP_TRY(const bool known, find.step());
  if (known) return find.integer(0);
  Writer blocks, sentences;
  write_blocks(blocks, document.parsed.blocks);
  write_spans(sentences, document.sentences);
  IP_TRY(auto put,
         db.prepare("INSERT INTO versions(document, version, hash, title, uri, kind, bytes,"
                    " ingested_at, parser, text, blocks, sentences, tables)"
                    " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)"));
  put.bind(1, id).bind(2, version).bind_blob(3, as_bytes(document.hash));
  put.bind(4, document.parsed.title).bind(5, document.uri).bind(6, kind_name(document.kind));
  put.bind(7, document.bytes).bind(8, wall_now_ms()).bind(9, kParserVersion);
  put.bind_blob(10, as_bytes(document.parsed.text));
  put.bind_blob(11, as_bytes(blocks.take())).bind_blob(12, as_bytes(sentences.take()));
  put.bind(13, count_tables(document.parsed.blocks));
  IP_OK(put.run());
  return db.last_insert_id();
}

}  // namespace

Status Records::retire(std::int64_t version, Change& change) {
  {
    IP_TRY(auto old, writer_->prepare(std::string(kChunkColumns) +
                                      " WHERE c.version = ? AND c.dead = 0 ORDER BY c.id"));
    old.bind(1, version);
    for (;;) {
      IP_TRY(const bool row, old.step());
      if (!row) break;
      change.removed.push_back(chunk_text(old));
    }
  }
  IP_TRY(auto kill, writer_->prepare("UPDATE chunks SET dead = 1 WHERE version = ? AND dead = 0"));
  return kill.bind(1, version).run();
}

Status Records::put_version(std::int64_t base, const NewDocument& document, Change& change) {
  IP_TRY(const Key key, document_key(*writer_, base, document));
  IP_TRY(const std::int64_t version, version_key(*writer_, key.id, document));
  if (key.current == version) {
    IP_TRY(auto move, writer_->prepare("UPDATE documents SET path = ? WHERE id = ?"));
    return move.bind(1, document.path).bind(2, key.id).run();
  }
  if (key.current != 0) {
    IP_OK(retire(key.current, change));
  }
  ++(key.current == 0 ? change.created : change.updated);
  IP_TRY(auto point, writer_->prepare("UPDATE documents SET path = ?, version = ? WHERE id = ?"));
  IP_OK(point.bind(1, document.path).bind(2, version).bind(3, key.id).run());
  IP_TRY(auto put,
         writer_->prepare("INSERT INTO chunks(base, document, version, start, end, context,"
                          " hash, chunker, dead) VALUES(?,?,?,?,?,?,?,?,0)"));
  for (const ChunkSpan& span : document.chunks) {
    ChunkText chunk;
    chunk.document = key.id;
    chunk.context = span.context;
    chunk.text = document.parsed.text.substr(static_cast<std::size_t>(span.start),
                                             static_cast<std::size_t>(span.end - span.start));
    chunk.hash = content_hash(chunk.searchable());
    put.reset();
    put.bind(1, base).bind(2, key.id).bind(3, version).bind(4, span.start).bind(5, span.end);
    put.bind(6, span.context).bind_blob(7, as_bytes(chunk.hash)).bind(8, kChunkerVersion);
    IP_OK(put.run());
    chunk.chunk = writer_->last_insert_id();
    change.added.push_back(std::move(chunk));
  }
  return {};
}

Result<Change> Records::commit(std::int64_t base, const std::vector<NewDocument>& documents) {
  const std::lock_guard lock(writer_mutex_);
  Change change;
  IP_OK(writer_->transaction([&]() -> Status {
    for (const NewDocument& document : documents) {
      IP_OK(put_version(base, document, change));
    }
    return {};
  }));
  return change;
}

Result<Change> Records::erase(std::int64_t base, const std::vector<DocumentRow>& documents) {
  const std::lock_guard lock(writer_mutex_);
  Change change;
  IP_OK(writer_->transaction([&]() -> Status {
    IP_TRY(auto mark,
           writer_->prepare("UPDATE documents SET version = 0 WHERE id = ? AND base = ?"));
    for (const DocumentRow& document : documents) {
      if (document.version == 0) continue;
      IP_OK(retire(document.version, change));
      mark.reset();
      IP_OK(mark.bind(1, document.id).bind(2, base).run());
      ++change.deleted;
    }
    return {};
  }));
  return change;
}

Result<std::vector<std::int64_t>> Records::live_chunks(std::int64_t base) {
  IP_TRY(const Lease db, reader());
  IP_TRY(auto query, db->prepare("SELECT id FROM chunks WHERE base = ? AND dead = 0 ORDER BY id"));
  query.bind(1, base);
  std::vector<std::int64_t> ids;
  for (;;) {
    IP_TRY(const bool row, query.step());
    if (!row) return ids;
    ids.push_back(query.integer(0));
  }
}

Result<std::optional<ChunkText>> Records::chunk(std::int64_t chunk) {
  IP_TRY(const Lease db, reader());
  IP_TRY(auto query, db->prepare(std::string(kChunkColumns) + " WHERE c.id = ?"));
  query.bind(1, chunk);
  IP_TRY(const bool row, query.step());
  if (!row) return std::optional<ChunkText>();
  return std::optional(chunk_text(query));
}

Status Records::each_chunk(std::int64_t base, const std::function<void(const ChunkText&)>& f) {
  IP_TRY(const Lease db, reader());
  IP_TRY(auto query, db->prepare(std::string(kChunkColumns) +
                                 " WHERE c.base = ? AND c.dead = 0 ORDER BY c.id"));
  query.bind(1, base);
  for (;;) {
    IP_TRY(const bool row, query.step());
    if (!row) return {};
    f(chunk_text(query));
  }
}

Status Records::drop_dead_chunks(std::int64_t base) {
  const std::lock_guard lock(writer_mutex_);
  IP_TRY(auto drop, writer_->prepare("DELETE FROM chunks WHERE base = ? AND dead = 1"));
  return drop.bind(1, base).run();
}

Result<std::optional<HitRow>> Records::hit(std::int64_t chunk) {
  IP_TRY(const Lease db, reader());
  IP_TRY(auto query,
         db->prepare("SELECT b.name, d.name, v.version, v.title, v.uri, c.context,"
                     " substr(v.text, c.start + 1, c.end - c.start), c.start, c.end FROM chunks c"
                     " JOIN versions v ON v.id = c.version JOIN documents d ON d.id = c.document"
                     " JOIN bases b ON b.id = c.base WHERE c.id = ? AND c.dead = 0"));
  query.bind(1, chunk);
  IP_TRY(const bool row, query.step());
  if (!row) return std::optional<HitRow>();
  return std::optional(HitRow{query.text(0), query.text(1), query.text(2), query.text(3),
                              query.text(4), query.text(5), query.text(6), query.integer(7),
                              query.integer(8)});
}

}  // namespace interposer::knowledge
