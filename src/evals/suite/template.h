// Prompts: a subset of Jinja over one JSON object, enough for what suites do with it.
//
//   {{ name }} {{ item.choices[0] }} {{ 'text' }} {{ a ~ b }} {{ x | trim | upper }}
//   {% if x %} {% elif not y %} {% else %} {% endif %}   == != < <= > >= in, and, or, not
//   {% for x in list %} {{ loop.index }} {% endfor %}     {# comment #}   {{- -}} {%- -%}
// Filters: trim lower upper length join(s) replace(a,b) default(x) first last string tojson.
// A name that is not there is an error: an empty prompt would be asked, and paid for, silently.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace interposer::evals {

inline constexpr std::size_t kTemplateBytesMax = 256 * 1024;
inline constexpr std::size_t kRenderedBytesMax = std::size_t{16} << 20;
inline constexpr int kTemplateDepthMax = 32;  // of nested blocks and expressions

class Template {
 public:
  // Errors name the line in `file`.
  static Result<Template> parse(std::string_view text, std::string_view file);
  // `object` is the JSON object whose members are the names. kInvalidArgument for a missing name.
  Result<std::string> render(std::string_view object) const;

  struct Program;

 private:
  std::shared_ptr<const Program> program_;
};

}  // namespace interposer::evals
