// Evidence mode: verbatim sentences chosen by code and scores, each cited. Needs no model that
// writes. Blocks: call through net::offload.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "assistant/citations.h"
#include "assistant/extract/abstain.h"
#include "assistant/extract/candidates.h"
#include "assistant/parts.h"

namespace interposer::assistant {

struct Extraction {
  Gathered gathered;
  Features features;
  double probability = 0;       // that the question is answered
  std::vector<Said> sentences;  // text equals its citation's quote
  Citations citations;
  bool refused = false;
  std::string reason;
};

Result<Extraction> extract(const knowledge::Knowledge& knowledge, std::string_view base,
                           std::string_view question, std::stop_token stop);

// Makes this candidate (with what it leans on) the whole answer. False: it cannot stand.
Result<bool> show_only(const knowledge::Knowledge& knowledge, std::size_t candidate,
                       Extraction& extraction);

// For people: what was looked at, and the passages that came nearest.
Searched searched_of(const knowledge::SearchResult& found);
std::vector<NearestPassage> nearest_of(const knowledge::SearchResult& found);
std::vector<WhyEvidence> evidence_of(const Gathered& gathered);
std::vector<WhySentence> considered_of(const Gathered& gathered);

}  // namespace interposer::assistant
