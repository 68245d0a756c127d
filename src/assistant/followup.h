// Resolves a question that leans on the one before ("Compare its memory with B200") by code: the
// names of the earlier question take the pronoun's place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace interposer::assistant {

// `earlier`: the user's earlier questions, oldest first. Gives the question as it would be asked
// alone; unchanged when it leans on nothing.
std::string resolve_followup(const std::vector<std::string>& earlier, std::string_view question);

// Names in a question: identifiers and runs of capitalised words, in order ("H200", "SK hynix").
std::vector<std::string> names_of(std::string_view question);

}  // namespace interposer::assistant
