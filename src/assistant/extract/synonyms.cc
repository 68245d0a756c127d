#include "assistant/extract/synonyms.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "knowledge/text/analyzer.h"

namespace interposer::assistant {
namespace {

constexpr std::array<std::string_view, 31> kGroups = {
    "make maker manufacture manufacturer produce producer build fabricate",
    "supply supplier vendor provide provider maker sell seller",
    "buy buyer acquire purchase customer order bought",
    "company firm vendor supplier maker",
    "price cost charge priced fee sell pay",
    "speed fast throughput rate",
    "power electricity energy",
    "share portion slice fraction percent percentage",
    "wait lead delay",
    "launch launched release released available ship shipped announce announced",
    "own operate operator run",
    "gpu accelerator board chip processor card",
    "node process",
    "link interconnect",
    "partner help cooperate",
    "memory ram dram",
    "large size big",
    "help assist support",
    "start begin",
    "end finish stop",
    "fail failure break failed",
    "reduce lower cut save drop decrease fall",
    "raise rise grow increase growth",
    "need require",
    "show display",
    "hold contain carry store",
    "team staff employee worker",
    "place site location",
    "plan roadmap",
    "check verify audit test measure",
    "differ difference vary variation"};

// Analysed term -> the groups that it stands in.
const std::map<std::string, std::vector<std::size_t>>& groups() {
  static const auto* kAll = [] {
    auto* out = new std::map<std::string, std::vector<std::size_t>>;
    for (std::size_t i = 0; i < kGroups.size(); ++i) {
      for (const std::string& term : knowledge::analyse_terms(kGroups[i])) {
        auto& list = (*out)[term];
        if (list.empty() || list.back() != i) list.push_back(i);
      }
    }
    return out;
  }();
  return *kAll;
}

}  // namespace

bool has_synonym(const std::string& term, const std::set<std::string>& terms) {
  const auto mine = groups().find(term);
  if (mine == groups().end()) return false;
  return std::any_of(terms.begin(), terms.end(), [&](const std::string& other) {
    const auto theirs = groups().find(other);
    return theirs != groups().end() &&
           std::find_first_of(mine->second.begin(), mine->second.end(), theirs->second.begin(),
                              theirs->second.end()) != mine->second.end();
  });
}

bool superlative(std::string_view low) {
  constexpr std::array<std::string_view, 19> kWords = {
      "largest", "biggest",   "highest", "lowest",  "best",    "most",     "first",
      "latest",  "newest",    "oldest",  "fastest", "slowest", "smallest", "leading",
      "leads",   "dominates", "longest", "only",    "top"};
  return std::find(kWords.begin(), kWords.end(), low) != kWords.end();
}

}  // namespace interposer::assistant
