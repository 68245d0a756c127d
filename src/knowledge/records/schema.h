// Formats of records.db, oldest first; a new one is appended, none is changed.
#pragma once

#include <string>
#include <vector>

namespace interposer::knowledge {

inline std::vector<std::string> record_migrations() {
  return {R"sql(
    CREATE TABLE bases(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,
                       sources TEXT NOT NULL);
    CREATE TABLE files(base INTEGER NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL,
                       modified_ns INTEGER NOT NULL, hash BLOB NOT NULL, format TEXT NOT NULL,
                       PRIMARY KEY(base, path)) WITHOUT ROWID;
    CREATE TABLE documents(id INTEGER PRIMARY KEY AUTOINCREMENT, base INTEGER NOT NULL,
                           name TEXT NOT NULL, path TEXT NOT NULL, version INTEGER NOT NULL,
                           UNIQUE(base, name));
    CREATE INDEX documents_path ON documents(base, path);
    -- Immutable: citations point here. text: extracted UTF-8; blocks, sentences: records/codec.h.
    CREATE TABLE versions(id INTEGER PRIMARY KEY AUTOINCREMENT, document INTEGER NOT NULL,
                          version TEXT NOT NULL, hash BLOB NOT NULL, title TEXT NOT NULL,
                          uri TEXT NOT NULL, kind TEXT NOT NULL, bytes INTEGER NOT NULL,
                          ingested_at INTEGER NOT NULL, parser INTEGER NOT NULL,
                          text BLOB NOT NULL, blocks BLOB NOT NULL, sentences BLOB NOT NULL,
                          tables INTEGER NOT NULL, UNIQUE(document, version));
    CREATE TABLE chunks(id INTEGER PRIMARY KEY AUTOINCREMENT, base INTEGER NOT NULL,
                        document INTEGER NOT NULL, version INTEGER NOT NULL, start INTEGER NOT NULL,
                        end INTEGER NOT NULL, context TEXT NOT NULL, hash BLOB NOT NULL,
                        chunker INTEGER NOT NULL, dead INTEGER NOT NULL);
    CREATE INDEX chunks_base ON chunks(base, dead);
    CREATE INDEX chunks_version ON chunks(version);
    CREATE TABLE vectors(model TEXT NOT NULL, hash BLOB NOT NULL, vector BLOB NOT NULL,
                         PRIMARY KEY(model, hash)) WITHOUT ROWID;
  )sql"};
}

}  // namespace interposer::knowledge
