// What a question's terms are: names, identifiers, quantities, years, and the words that name what
// is asked for. Used by question.cc.
#pragma once

#include "assistant/extract/question.h"

namespace interposer::assistant {

// Sets role, spelled, focus and superlative of the part's terms.
void read_roles(QuestionPart& part);

}  // namespace interposer::assistant
