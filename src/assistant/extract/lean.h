// A sentence that cannot stand alone ("It ...", a bare list item) comes with what it leans on, or
// not at all.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "knowledge/types.h"

namespace interposer::assistant {

inline constexpr std::size_t kLeanChainMax = 2;  // sentences brought along

// Its first words point backwards, or it is a fragment without a verb.
bool leans(std::string_view sentence, knowledge::BlockKind kind);
bool lacks_verb(std::string_view sentence);

struct Support {
  std::int64_t start = 0, end = 0;
};
// The spans to show, in order, the sentence's own last: itself alone when it stands alone; nullopt
// when what it leans on cannot be found.
std::optional<std::vector<Support>> with_support(const knowledge::Version& version,
                                                 std::int64_t start, std::int64_t end);

}  // namespace interposer::assistant
