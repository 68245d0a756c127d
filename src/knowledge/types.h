// The record model: document -> version (content hash) -> blocks -> sentences with spans -> chunks.
// All spans are byte offsets into the version's extracted UTF-8 text, half open, on code point
// borders. A version never changes; citations point into versions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace interposer::knowledge {

enum class BlockKind : std::uint8_t {
  kHeading,
  kParagraph,
  kListItem,
  kTable,
  kCode,
  kCaption,
  kPageBreak
};
std::string_view block_kind_name(BlockKind kind);  // "heading", "list_item", ...

struct Cell {
  std::int64_t start = 0, end = 0;
  std::string text;  // equals the span, trimmed
};

struct TableBlock {
  std::vector<Cell> header;
  std::vector<std::vector<Cell>> rows;
};

struct Block {
  BlockKind kind = BlockKind::kParagraph;
  int level = 0;  // heading 1-6; list depth from 1
  std::int64_t start = 0, end = 0;
  std::optional<int> page;  // from 1
  std::optional<TableBlock> table;
};

struct SentenceSpan {
  std::int64_t id = 0;  // record id
  std::int64_t start = 0, end = 0;
  int block = 0;  // index into the version's blocks
};

struct DocumentInfo {
  std::string document;  // BASE/ID
  std::string base, id;
  std::string version;           // first 16 hex digits of the SHA-256 of the source bytes
  bool current = true;           // false: a later version exists, or the document was deleted
  std::string title, uri, kind;  // kind: markdown, text, html, pdf, csv, jsonl, tsv
  std::int64_t bytes = 0;
  WallMs ingested_at = 0;
};

struct Version {
  DocumentInfo info;
  std::string text;
  std::vector<Block> blocks;
  std::vector<SentenceSpan> sentences;
};

struct Legs {
  std::optional<double> lexical, vector;  // raw scores of the legs that found it
};

struct Hit {
  int rank = 0;  // from 1
  double score = 0;
  std::int64_t chunk = 0;  // record id
  std::string document, version, title, uri;
  std::int64_t start = 0, end = 0;
  std::string text;     // the chunk's text, equals the span
  std::string context;  // heading path, for scoring and for people
  Legs legs;
};

}  // namespace interposer::knowledge
