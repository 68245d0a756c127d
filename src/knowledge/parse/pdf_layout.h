// Lines of pages (form feeds between) -> paragraphs, headings, list items.
#pragma once

#include <string_view>

#include "knowledge/parse/parsed.h"

namespace interposer::knowledge {

// Running heads, feet and page numbers go; lines of a paragraph are joined with spaces, a word that
// was broken at a line's end with a hyphen is made whole.
Parsed lay_out_pages(std::string_view text);

}  // namespace interposer::knowledge
