// What each term does to the meaning of a question: the question is embedded without it. A word
// that asks for something ("warranty") turns the meaning, a filler ("roughly") hardly does, however
// rare either is in the base.
#pragma once

#include <stop_token>
#include <string_view>
#include <vector>

#include "assistant/extract/question.h"

namespace interposer::assistant {

inline constexpr std::size_t kWeighedTermsMax = 16;  // further ones keep no meaning

// Fills meaning, vector and without of the terms. Nothing changes without vectors.
Status weigh(const knowledge::Knowledge& knowledge, std::string_view base,
             const std::vector<float>& query, std::stop_token stop, Question& question);

}  // namespace interposer::assistant
