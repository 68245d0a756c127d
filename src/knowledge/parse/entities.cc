#include "knowledge/parse/entities.h"

#include <charconv>
#include <cstdint>

#include "base/strings.h"

namespace interposer::knowledge {
namespace {

struct Named {
  std::string_view name, text;
};
constexpr Named kNamed[] = {
    {"amp", "&"},         {"lt", "<"},          {"gt", ">"},          {"quot", "\""},
    {"apos", "'"},        {"nbsp", "\u00A0"},   {"ndash", "\u2013"},  {"mdash", "\u2014"},
    {"hellip", "\u2026"}, {"lsquo", "\u2018"},  {"rsquo", "\u2019"},  {"ldquo", "\u201C"},
    {"rdquo", "\u201D"},  {"copy", "\u00A9"},   {"reg", "\u00AE"},    {"trade", "\u2122"},
    {"times", "\u00D7"},  {"deg", "\u00B0"},    {"micro", "\u00B5"},  {"euro", "\u20AC"},
    {"pound", "\u00A3"},  {"cent", "\u00A2"},   {"sect", "\u00A7"},   {"middot", "\u00B7"},
    {"bull", "\u2022"},   {"plusmn", "\u00B1"}, {"frac12", "\u00BD"}, {"le", "\u2264"},
    {"ge", "\u2265"},     {"ne", "\u2260"},     {"rarr", "\u2192"},   {"larr", "\u2190"},
    {"auml", "\u00E4"},   {"ouml", "\u00F6"},   {"uuml", "\u00FC"},   {"szlig", "\u00DF"},
    {"eacute", "\u00E9"}, {"egrave", "\u00E8"}, {"agrave", "\u00E0"}, {"ccedil", "\u00E7"}};

std::string encode(std::uint32_t c) {
  if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) c = 0xFFFD;
  std::string out;
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6U);
    out += static_cast<char>(0x80 | (c & 0x3FU));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12U);
    out += static_cast<char>(0x80 | (c >> 6U & 0x3FU));
    out += static_cast<char>(0x80 | (c & 0x3FU));
  } else {
    out += static_cast<char>(0xF0 | c >> 18U);
    out += static_cast<char>(0x80 | (c >> 12U & 0x3FU));
    out += static_cast<char>(0x80 | (c >> 6U & 0x3FU));
    out += static_cast<char>(0x80 | (c & 0x3FU));
  }
  return out;
}

}  // namespace

std::string decode_entity(std::string_view entity) {
  if (entity.size() < 3 || entity[0] != '&' || entity.back() != ';') return std::string(entity);
  std::string_view name = entity.substr(1, entity.size() - 2);
  if (name[0] == '#') {
    name.remove_prefix(1);
    int base = 10;
    if (!name.empty() && (name[0] == 'x' || name[0] == 'X')) {
      base = 16;
      name.remove_prefix(1);
    }
    std::uint32_t code = 0;
    const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), code, base);
    if (failed != std::errc() || end != name.data() + name.size()) return std::string(entity);
    return encode(code);
  }
  for (const auto& [known, text] : kNamed)
    if (name == known) return std::string(text);
  return std::string(entity);
}

std::string strip_tags(std::string_view html) {
  std::string out;
  for (std::size_t at = 0; at < html.size();) {
    if (html.substr(at).starts_with("<!--")) {
      const auto end = html.find("-->", at + 4);
      at = end == std::string_view::npos ? html.size() : end + 3;
      continue;
    }
    if (html[at] != '<') {
      out += html[at++];
      continue;
    }
    const auto end = html.find('>', at);
    at = end == std::string_view::npos ? html.size() : end + 1;
    out += ' ';
  }
  return out;
}

std::string first_heading(const Parsed& parsed) {
  const Block* best = nullptr;
  for (const Block& block : parsed.blocks)
    if (block.kind == BlockKind::kHeading && (!best || block.level < best->level)) best = &block;
  if (!best) return {};
  return parsed.text.substr(static_cast<std::size_t>(best->start),
                            static_cast<std::size_t>(best->end - best->start));
}

}  // namespace interposer::knowledge
