// Words of everyday English and of trade that ask for the same thing ("vendor", "supplier",
// "maker"). A general list: nothing in it comes from a particular base or question.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace interposer::assistant {

// Whether any of the analysed terms shares a group with this analysed term.
bool has_synonym(const std::string& term, const std::set<std::string>& terms);

// "largest", "first", "latest", "leading", ...: by word, lower case.
bool superlative(std::string_view low);

}  // namespace interposer::assistant
