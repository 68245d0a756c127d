// What kind of thing would answer a part of a question. Used by question.cc.
#pragma once

#include "assistant/extract/question.h"

namespace interposer::assistant {

// Sets figure, head, wants_time and wants_names from the part's text and terms.
void read_wants(QuestionPart& part);

// Whether the word only names the kind of figure ("price" beside dollars says nothing more).
bool figure_word(Figure figure, std::string_view low);

}  // namespace interposer::assistant
