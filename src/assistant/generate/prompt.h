// What a capable model is asked: the question and the evidence as numbered, neutralised sentences
// between fences that no document can forge.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/chat.h"

namespace interposer::assistant {

inline constexpr std::size_t kEvidenceSentencesMax = 40;
inline constexpr std::size_t kEvidenceBytesMax = 16 * 1024;
inline constexpr std::int64_t kAnswerTokensMax = 800;

struct EvidenceSentence {
  std::string text;   // verbatim: what a sentence of the answer is held against
  std::string title;  // of its document
  std::string heading;
  std::string document, version, uri;
  std::int64_t start = 0, end = 0;
  int page = 0;  // 0: none
};

// Evidence that fits a model of this context (0: unknown), in tokens, best first.
std::size_t evidence_budget(std::int64_t context_tokens);

inline constexpr std::string_view kNoAnswer = "NO ANSWER";

// Keeps as many sentences as `budget` bytes allow (`evidence` is cut to them).
wire::Chat make_prompt(std::string_view question, std::vector<EvidenceSentence>& evidence,
                       std::size_t budget, std::string_view nonce);

}  // namespace interposer::assistant
