#include "charts/xml.h"

#include <fmt/format.h>

#include <cmath>

#include "base/utf8.h"

namespace interposer::charts {
namespace {

// U+FFFE and U+FFFF, the only well-formed code points above the controls that XML refuses.
bool non_character(std::string_view code_point) {
  return code_point == "\xEF\xBF\xBE" || code_point == "\xEF\xBF\xBF";
}

}  // namespace

std::string xml_escape(std::string_view text) {
  const std::string whole = utf8_repair(text);
  std::string out;
  for (const std::string_view point : Utf8Points(whole)) {
    const unsigned char c = static_cast<unsigned char>(point[0]);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&#39;";
    } else if (c == '\n' || c == '\r' || c == '\t') {
      out += ' ';
    } else if (c >= 0x20 && c != 0x7f && !non_character(point)) {
      out += point;
    }
  }
  return out;
}

void Xml::tag(std::string_view name, Attributes attributes) {
  out_ += '<';
  out_ += name;
  for (const auto& [key, value] : attributes) {
    if (value.empty()) continue;
    out_ += fmt::format(" {}=\"{}\"", key, xml_escape(value));
  }
}

Xml& Xml::open(std::string_view name, Attributes attributes) {
  tag(name, attributes);
  out_ += '>';
  open_.emplace_back(name);
  return *this;
}

Xml& Xml::close() {
  out_ += fmt::format("</{}>", open_.back());
  open_.pop_back();
  return *this;
}

Xml& Xml::leaf(std::string_view name, Attributes attributes) {
  tag(name, attributes);
  out_ += "/>";
  return *this;
}

Xml& Xml::leaf(std::string_view name, Attributes attributes, std::string_view text) {
  tag(name, attributes);
  out_ += fmt::format(">{}</{}>", xml_escape(text), name);
  return *this;
}

std::string Xml::take() {
  while (!open_.empty()) close();
  return std::move(out_);
}

std::string px(double value) {
  const double rounded = std::round(value * 100) / 100;
  if (!std::isfinite(rounded) || rounded == 0) return "0";
  std::string text = fmt::format("{:.2f}", rounded);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace interposer::charts
