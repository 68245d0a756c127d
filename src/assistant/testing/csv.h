// For tests only: a CSV text as the knowledge library's table, with the spans of its cells.
#pragma once

#include <string>
#include <string_view>

#include "knowledge/knowledge.h"

namespace interposer::assistant::testing {

inline knowledge::Cell csv_cell(std::string_view text, std::size_t start, std::size_t end) {
  const bool is_quoted = end - start >= 2 && text[start] == '"' && text[end - 1] == '"';
  if (is_quoted) ++start, --end;
  knowledge::Cell cell;
  cell.start = static_cast<std::int64_t>(start);
  cell.end = static_cast<std::int64_t>(end);
  cell.text = std::string(text.substr(start, end - start));
  return cell;
}

inline knowledge::Knowledge::TableRef csv_table(std::string document, std::string_view text) {
  knowledge::Knowledge::TableRef out;
  out.document = std::move(document);
  out.version = "0123456789abcdef";
  out.title = out.document;
  std::vector<knowledge::Cell> row;
  std::size_t start = 0;
  bool inside = false;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    const char c = at < text.size() ? text[at] : '\n';
    if (c == '"') inside = !inside;
    if (inside || (c != ',' && c != '\n')) continue;
    if (at == text.size() && row.empty() && start == at) break;
    row.push_back(csv_cell(text, start, at));
    start = at + 1;
    if (c == ',') continue;
    if (out.table.header.empty()) {
      out.table.header = std::move(row);
    } else {
      out.table.rows.push_back(std::move(row));
    }
    row.clear();
  }
  return out;
}

}  // namespace interposer::assistant::testing
