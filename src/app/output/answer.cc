#include "app/output/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>

#include "app/output/terminal.h"
#include "base/utf8.h"

namespace interposer::app {
namespace {

namespace json = boost::json;

std::string text_of(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? printable(value->as_string()) : std::string();
}

std::string markers(const json::value& list) {
  std::string out;
  for (const auto& n : list.as_array()) out += fmt::format(" [{}]", n.to_number<int>());
  return styled(out, "36");
}

std::string sentences(const json::object& answer) {
  std::string out;
  for (const auto& item : answer.at("sentences").as_array()) {
    const auto& sentence = item.as_object();
    out += text_of(sentence, "text") + markers(sentence.at("citations")) + "\n";
  }
  return out;
}

std::string table_of(const json::object& table) {
  std::vector<std::vector<std::string>> rows(1);
  for (const auto& column : table.at("columns").as_array()) {
    std::string head = text_of(column.as_object(), "name");
    if (const std::string unit = text_of(column.as_object(), "unit"); !unit.empty()) {
      head += " (" + unit + ")";
    }
    rows[0].push_back(head);
  }
  for (const auto& row : table.at("rows").as_array()) {
    rows.emplace_back();
    for (const auto& cell : row.as_array()) {
      std::string text = text_of(cell.as_object(), "text");
      const auto* cited = cell.as_object().if_contains("citations");
      if (cited != nullptr && cited->is_array()) {
        for (const auto& n : cited->as_array()) text += fmt::format(" [{}]", n.to_number<int>());
      }
      rows.back().push_back(text);
    }
  }
  return format_table(rows);
}

std::string sources(const json::object& answer) {
  std::string out;
  for (const auto& item : answer.at("citations").as_array()) {
    const auto& citation = item.as_object();
    std::string place = fmt::format("{}@{}", text_of(citation, "document"), text_of(citation, "version"));
    if (const auto* page = citation.if_contains("page"); page != nullptr && page->is_number()) {
      place += fmt::format(", page {}", page->to_number<int>());
    }
    out += styled(fmt::format("[{}] {}  {}  --range {}:{}", citation.at("n").to_number<int>(),
                              text_of(citation, "title"), place,
                              citation.at("start").to_number<std::int64_t>(),
                              citation.at("end").to_number<std::int64_t>()),
                  "2") +
           "\n";
  }
  return out;
}

}  // namespace

std::string format_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], utf8_count(row[i]));
    }
  }
  std::string out;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      const std::string pad(widths[i] - utf8_count(rows[r][i]), ' ');
      out += i == 0 ? rows[r][i] + pad : "  " + pad + rows[r][i];
    }
    out += "\n";
    if (r == 0) {
      for (std::size_t i = 0; i < widths.size(); ++i) {
        out += std::string(i == 0 ? 0 : 2, ' ') + std::string(widths[i], '-');
      }
      out += "\n";
    }
  }
  return out;
}

std::string format_answer(std::string_view text) {
  const json::object answer = json::parse(text).as_object();
  if (answer.at("refused").as_bool()) {
    return text_of(answer, "reason") + "\n";
  }
  std::string out;
  const auto* table = answer.if_contains("table");
  out += sentences(answer);
  if (table != nullptr && table->is_object()) out += "\n" + table_of(table->as_object());
  out += "\n" + sources(answer);
  return out;
}

void print_answer(std::string_view json) { std::fputs(format_answer(json).c_str(), stdout); }

}  // namespace interposer::app
