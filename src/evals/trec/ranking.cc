#include "evals/trec/ranking.h"

#include <algorithm>
#include <bit>
#include <string>

namespace interposer::evals::trec {
namespace {

bool ranks_before(const RunDoc& a, const RunDoc& b) {
  if (a.score != b.score) return a.score > b.score;
  return a.name() > b.name();
}

void count_levels(const JudgedGroup& judged, Ranking& ranking) {
  std::int32_t most = 0;
  for (const Judged& doc : judged.docs) most = std::max(most, doc.grade);
  ranking.levels.assign(static_cast<std::size_t>(most) + 1, 0);
  for (const Judged& doc : judged.docs) {
    if (doc.grade >= 0) ++ranking.levels[static_cast<std::size_t>(doc.grade)];
    if (doc.grade >= 0 && doc.grade >= ranking.level) ++ranking.relevant;
  }
}

}  // namespace

void order_docs(RunTopic& topic, std::int64_t docs_max) {
  if (!std::is_sorted(topic.docs.begin(), topic.docs.end(), ranks_before)) {
    std::sort(topic.docs.begin(), topic.docs.end(), ranks_before);
  }
  const auto keep = static_cast<std::size_t>(std::max<std::int64_t>(docs_max, 0));
  if (topic.docs.size() > keep) topic.docs.resize(keep);
}

void Ranker::begin(std::size_t documents) {
  const std::size_t wanted = std::bit_ceil(documents * 2 + 1);
  if (wanted > slots_.size() || ++round_ == 0) {
    slots_.assign(std::max(wanted, slots_.size()), Slot{});
    round_ = 1;
  }
}

Ranker::Slot& Ranker::find(std::string_view id, std::uint32_t hash) {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    Slot& slot = slots_[at];
    if (slot.round != round_) {
      slot = {round_, hash, id.data(), static_cast<std::uint32_t>(id.size()), kNotInPool, false};
      return slot;
    }
    if (slot.hash == hash && std::string_view(slot.id, slot.size) == id) return slot;
  }
}

Result<Ranking> Ranker::rank(const RunTopic& ordered, const JudgedGroup& judged,
                             const RankOptions& options) {
  Ranking ranking;
  ranking.level = options.level;
  count_levels(judged, ranking);
  begin(ordered.docs.size() + judged.docs.size());
  for (const Judged& doc : judged.docs) {
    find(doc.doc, doc.hash).grade = doc.grade < 0 ? kUnjudged : doc.grade;
  }
  ranking.grades.reserve(ordered.docs.size());
  for (const RunDoc& doc : ordered.docs) {
    Slot& slot = find(doc.name(), doc.hash);
    if (slot.retrieved) {
      return make_error(Code::kInvalidArgument,
                        "document '" + std::string(doc.name()) +
                            "' is retrieved twice for topic '" + std::string(ordered.id) + "'",
                        "keep one line a topic and document");
    }
    slot.retrieved = true;
    if (options.judged_only && slot.grade < 0) continue;
    ranking.grades.push_back(slot.grade);
    if (slot.grade >= options.level) ++ranking.relevant_retrieved;
  }
  return ranking;
}

}  // namespace interposer::evals::trec
