#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "assistant/tables/relation.h"
#include "base/strings.h"

namespace interposer::assistant {
namespace {

constexpr std::size_t kNumberBytesMax = 64;

bool blank_word(std::string_view text) {
  constexpr std::array kBlank = {"",           "-",         "--",        "\u2013", "\u2014",
                                 "n/a",        "na",        "n.a.",      "?",      "unknown",
                                 "none given", "not given", "not known", "null",   "tbd"};
  const std::string low = to_lower(text);
  return std::find(kBlank.begin(), kBlank.end(), low) != kBlank.end();
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// Digits with separators of thousands in groups of three, or without; one decimal point.
std::optional<double> plain_number(std::string_view text) {
  if (text.empty() || text.size() > kNumberBytesMax) return std::nullopt;
  std::string digits;
  std::size_t group = 0;
  bool grouped = false;
  bool fraction = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c >= '0' && c <= '9') {
      digits += c;
      ++group;
    } else if ((c == ',' || c == ' ' || c == '\'') && !fraction && i > 0 && i + 1 < text.size()) {
      if (grouped ? group != 3 : (group == 0 || group > 3)) return std::nullopt;
      grouped = true;
      group = 0;
    } else if (c == '.' && !fraction) {
      if (grouped && group != 3) return std::nullopt;
      fraction = true;
      digits += '.';
    } else {
      return std::nullopt;
    }
  }
  if (grouped && !fraction && group != 3) return std::nullopt;
  if (digits.empty() || digits == ".") return std::nullopt;
  return std::strtod(digits.c_str(), nullptr);
}

struct Amount {
  double number = 0;
  std::string unit;
};

// "-1,200.5 GB", "(12)", "$40", "70 %", "~300"
std::optional<Amount> amount(std::string_view text) {
  std::string_view rest = trim(text);
  for (const std::string_view about : {"~", "about ", "ca. ", "approx. ", "\u2248"}) {
    if (rest.starts_with(about)) rest = trim(rest.substr(about.size()));
  }
  bool negative = false;
  if (rest.size() > 2 && rest.front() == '(' && rest.back() == ')') {
    negative = true;
    rest = trim(rest.substr(1, rest.size() - 2));
  }
  for (const std::string_view minus : {"-", "\u2212"}) {
    if (rest.starts_with(minus)) {
      negative = !negative;
      rest = rest.substr(minus.size());
      break;
    }
  }
  if (rest.starts_with('+')) rest = rest.substr(1);
  Amount out;
  for (const auto& [sign, unit] :
       {std::pair{"$", "USD"}, std::pair{"\u20AC", "EUR"}, std::pair{"\u00A3", "GBP"}}) {
    if (rest.starts_with(sign)) {
      rest = trim(rest.substr(std::string_view(sign).size()));
      out.unit = unit;
    }
  }
  std::size_t end = rest.find_last_of("0123456789");
  if (end == std::string_view::npos) return std::nullopt;
  // A unit may hold digits ("mm2"): the number ends at the first letter or per cent sign.
  end = std::min(end + 1,
                 rest.find_first_of("%abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"));
  const std::string_view unit = trim(rest.substr(std::min(end, rest.size())));
  if (!unit.empty()) {
    if (find_unit(unit) == nullptr) return std::nullopt;
    out.unit = std::string(unit);
  }
  const std::optional<double> number = plain_number(trim(rest.substr(0, end)));
  if (!number) return std::nullopt;
  out.number = negative && *number != 0 ? -*number : *number;
  return out;
}

}  // namespace

CellValue parse_cell(std::string_view raw) {
  CellValue out;
  std::string text(trim(raw));
  for (const std::string_view space : {"\u00A0", "\u2009", "\u202F"}) replace_all(text, space, " ");
  if (blank_word(text)) {
    out.blank = true;
    return out;
  }
  std::vector<std::string> parts;
  for (const std::string_view part : split(text, '|')) parts.emplace_back(trim(part));
  if (parts.size() == 1) {
    // A range: both ends are kept. "-" only between digits, so that "-5" and "2026-08" are none.
    for (const std::string_view dash : {"\u2013", " to ", "-"}) {
      const std::size_t at = text.find(dash);
      if (at == std::string::npos || at == 0) continue;
      const std::string low = text.substr(0, at);
      const std::string high = text.substr(at + dash.size());
      const auto first = amount(low);
      const auto second = amount(high);
      if (first && second && first->number >= 0 && first->number < second->number) {
        parts = {low, high};
      }
      break;
    }
  }
  for (const std::string& part : parts) {
    const auto value = amount(part);
    if (!value) return CellValue{};
    if (out.unit.empty()) out.unit = value->unit;
    if (!out.number) {
      out.number = value->number;
    } else if (value->number != *out.number) {
      out.alternatives.push_back(value->number);
    }
  }
  return out;
}

}  // namespace interposer::assistant
