#include "assistant/extract/choose.h"

#include <algorithm>
#include <numeric>

#include "assistant/extract/score.h"

namespace interposer::assistant {
namespace {

constexpr double kSameWords = 0.75;    // share of common terms that makes two sentences one
constexpr double kSameMeaning = 0.95;  // cosine that does
constexpr double kClose = 0.82;        // of the best score: worth showing beside it
constexpr double kAlmostBest = 0.93;   // of the best score: shown without adding words
constexpr double kAdds = 0.10;         // share of the part's terms that a further sentence must add

struct Picker {
  const Question& question;
  const Gathered& gathered;
  std::vector<std::size_t> chosen;

  bool repeats(std::size_t candidate) const {
    return std::any_of(chosen.begin(), chosen.end(), [&](std::size_t other) {
      return other == candidate ||
             near_duplicate(gathered.candidates[other], gathered.candidates[candidate]);
    });
  }

  void pick_for(std::size_t part, std::size_t most) {
    const auto& list = gathered.candidates;
    std::vector<std::size_t> order(list.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return list[a].score[part] > list[b].score[part];
    });
    // First the one that most likely answers, then by score.
    const auto first = std::max_element(
        order.begin(), order.end(),
        [&](std::size_t a, std::size_t b) { return list[a].odds[part] < list[b].odds[part]; });
    std::rotate(order.begin(), first, std::next(first));
    std::set<std::string> held;
    std::size_t taken = 0;
    double best = 0;
    for (const std::size_t candidate : order) {
      if (taken >= most || chosen.size() >= kSentencesMax) return;
      const double score = list[candidate].score[part];
      if (taken == 0) best = score;
      if (score < kClose * best) return;
      const bool already = std::find(chosen.begin(), chosen.end(), candidate) != chosen.end();
      if (!already && repeats(candidate)) {
        if (taken == 0) taken = 1;  // what answers this part is there already
        continue;
      }
      const double before = coverage(question.parts[part], held, {});
      std::set<std::string> with = held;
      with.insert(list[candidate].terms.begin(), list[candidate].terms.end());
      const double adds = coverage(question.parts[part], with, {}) - before;
      if (taken > 0 && adds < kAdds && score < kAlmostBest * best) continue;
      held = std::move(with);
      if (!already) chosen.push_back(candidate);
      ++taken;
    }
  }
};

}  // namespace

bool near_duplicate(const Candidate& a, const Candidate& b) {
  if (!a.vector.empty() && !b.vector.empty() && cosine(a.vector, b.vector) >= kSameMeaning)
    return true;
  std::size_t common = 0;
  for (const std::string& term : a.terms) common += b.terms.count(term);
  const std::size_t all = a.terms.size() + b.terms.size() - common;
  return all > 0 && static_cast<double>(common) >= kSameWords * static_cast<double>(all);
}

std::vector<std::size_t> choose(const Question& question, const Gathered& gathered) {
  Picker picker{question, gathered, {}};
  if (gathered.candidates.empty()) return {};
  const std::size_t most = question.parts.size() == 1 ? 3 : 2;
  for (std::size_t part = 0; part < question.parts.size(); ++part) picker.pick_for(part, most);
  // Documents in the order of their best sentence's pick; their sentences as they stand.
  std::vector<std::string> documents;
  const auto document = [&](std::size_t candidate) -> const std::string& {
    return gathered.found.hits[gathered.candidates[candidate].hit].document;
  };
  for (const std::size_t candidate : picker.chosen) {
    if (std::find(documents.begin(), documents.end(), document(candidate)) == documents.end()) {
      documents.push_back(document(candidate));
    }
  }
  const auto place = [&](std::size_t candidate) {
    return std::find(documents.begin(), documents.end(), document(candidate)) - documents.begin();
  };
  std::stable_sort(picker.chosen.begin(), picker.chosen.end(), [&](std::size_t a, std::size_t b) {
    if (place(a) != place(b)) return place(a) < place(b);
    return gathered.candidates[a].sentence.start < gathered.candidates[b].sentence.start;
  });
  return picker.chosen;
}

}  // namespace interposer::assistant
