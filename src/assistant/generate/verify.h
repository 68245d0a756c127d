// Holds a written sentence against the evidence it cites, in code: the markers exist, its numbers
// (with their units), names and dates are there, enough of its words are, and it doesn't turn a
// statement into its opposite.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assistant/generate/prompt.h"
#include "assistant/generate/sentence_stream.h"

namespace interposer::assistant {

inline constexpr double kWordsSupportedMin = 0.6;  // share of content words found in the evidence

struct Verdict {
  bool supported = false;
  std::vector<int> markers;  // the valid ones
  std::string why;           // why not, for the trace: "number 142 is not in the evidence"
};

Verdict verify(const Written& sentence, const std::vector<EvidenceSentence>& evidence);

}  // namespace interposer::assistant
