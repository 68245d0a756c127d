// Writes well-formed XML: the tags close themselves in order, all text and attributes are escaped.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace interposer::charts {

// Escapes markup and drops what XML 1.0 (2.2 Characters) does not allow; malformed UTF-8 is
// repaired.
std::string xml_escape(std::string_view text);

class Xml {
 public:
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string>>;

  Xml& open(std::string_view tag, Attributes attributes = {});
  Xml& close();
  Xml& leaf(std::string_view tag, Attributes attributes);  // <tag .../>
  Xml& leaf(std::string_view tag, Attributes attributes, std::string_view text);
  std::string take();  // closes what is open

 private:
  void tag(std::string_view name, Attributes attributes);

  std::string out_;
  std::vector<std::string> open_;
};

// Drawing coordinates: at most 2 decimals, no exponent, never "-0" or "nan".
std::string px(double value);

}  // namespace interposer::charts
