// What people call things in questions about tables: data, kept apart from the code that uses it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace interposer::assistant {

enum class Intent : std::uint8_t {
  kNone,
  kLookup,
  kCompare,
  kSuperlative,
  kList,
  kCount,
  kAverage,
  kSum
};

// The word of a header that a question's word may mean ("capacity" -> memory); empty: none.
std::vector<std::string_view> header_words_for(std::string_view low);

// "board" may be called "accelerator", "chip", ...: words that name a row without naming which.
bool names_row(std::string_view key_header, std::string_view low);

// +1: the most ("largest"); -1: the least ("slowest"); 0: neither.
int extreme_word(std::string_view low);
// +1: a comparison upwards ("more", "over"); -1: downwards; 0: neither.
int threshold_word(std::string_view low);
bool compare_word(std::string_view low);  // "compare", "versus", "difference"
bool list_word(std::string_view low);     // "list", "table"
std::optional<Intent> aggregate_word(std::string_view low);
bool word_number(std::string_view low, std::int64_t* out);  // "three" -> 3

// Words that change which figure is meant ("audited", "price", "per"): a table that has no such
// column cannot answer.
bool changes_figure(std::string_view low);
// Words that a question about a table may hold besides names and columns ("side", "figures").
bool table_talk(std::string_view low);

}  // namespace interposer::assistant
