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

std::string markers(const std::vector<int>& citations) {
  std::string out;
  for (const int n : citations) out += fmt::format(" [{}]", n);
  return out.empty() ? out : styled(out, "36");
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
      const auto* others = cell.as_object().if_contains("alternatives");
      if (others != nullptr && others->is_array()) {
        for (const auto& other : others->as_array()) text += " or " + printable(other.as_string());
      }
      const auto* cited = cell.as_object().if_contains("citations");
      if (cited != nullptr && cited->is_array()) {
        for (const auto& n : cited->as_array()) text += fmt::format(" [{}]", n.to_number<int>());
      }
      rows.back().push_back(text);
    }
  }
  return format_table(rows);
}

std::string sources(const std::vector<client::AnswerCitation>& citations) {
  std::string out;
  for (const client::AnswerCitation& c : citations) {
    const std::string page = c.page ? fmt::format(", page {}", *c.page) : "";
    out += styled(fmt::format("[{}] {}  {}@{}{}  --range {}:{}", c.n, printable(c.title),
                              c.document, c.version, page, c.start, c.end),
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

std::string format_answer(const client::Answer& answer) {
  if (answer.refused) return printable(answer.reason) + "\n";
  std::string out;
  for (const client::AnswerSentence& sentence : answer.sentences) {
    out += printable(sentence.text) + markers(sentence.citations) + "\n";
  }
  if (!answer.table_json.empty()) {
    out += "\n" + table_of(json::parse(answer.table_json).as_object());
  }
  return out + "\n" + sources(answer.citations);
}

void print_answer(const client::Answer& answer) {
  std::fputs(format_answer(answer).c_str(), stdout);
}

}  // namespace interposer::app
