// Character references and raw tags inside Markdown, and what parsers share about headings.
#pragma once

#include <string>
#include <string_view>

#include "knowledge/parse/parsed.h"

namespace interposer::knowledge {

// "&amp;" -> "&", "&#x41;" -> "A". An unknown name stays as it is written.
std::string decode_entity(std::string_view entity);

// Tags and comments of raw HTML become spaces.
std::string strip_tags(std::string_view html);

// Text of the first heading of the highest level; empty without headings.
std::string first_heading(const Parsed& parsed);

}  // namespace interposer::knowledge
