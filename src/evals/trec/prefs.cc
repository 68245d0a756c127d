#include "evals/trec/prefs.h"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace interposer::evals::trec {
namespace {

struct Item {
  std::string_view group, subgroup;
  double level = 0;
  std::size_t number = 0;
};

// One group's preferences as a matrix, closed under transitivity, with each document's level.
struct Relation {
  std::size_t documents = 0;
  std::vector<char> preferred;
  std::vector<double> level;  // -1: not in this group
  bool complete = true;       // one subgroup only: levels order all of its documents
  char& at(std::size_t i, std::size_t j) { return preferred[i * documents + j]; }
  char at(std::size_t i, std::size_t j) const { return preferred[i * documents + j]; }
};

Error contradiction(const JudgedTopic& topic, std::string_view group) {
  return make_error(Code::kInvalidArgument,
                    "topic '" + std::string(topic.id) + "', group '" + std::string(group) +
                        "': its preferences contradict each other",
                    "put judgments that disagree into different groups");
}

Result<std::unordered_map<std::string_view, std::size_t>> number_documents(
    RunTopic topic, const JudgedTopic& judged, std::int64_t docs_max, std::size_t& retrieved) {
  // Unlike the other measures, ties are broken by ascending document id here.
  std::sort(topic.docs.begin(), topic.docs.end(), [](const RunDoc& a, const RunDoc& b) {
    return a.score != b.score ? a.score > b.score : a.name() < b.name();
  });
  const auto keep = static_cast<std::size_t>(std::max<std::int64_t>(docs_max, 0));
  if (topic.docs.size() > keep) topic.docs.resize(keep);
  constexpr std::size_t kUnnumbered = SIZE_MAX;
  std::unordered_map<std::string_view, std::size_t> number;
  for (const Preference& p : judged.preferences) number.emplace(p.doc, kUnnumbered);
  if (number.size() > kPreferenceDocsMax) {
    return make_error(Code::kTooLarge,
                      "topic '" + std::string(topic.id) + "' has preferences over " +
                          std::to_string(number.size()) + " documents, the limit is 16384",
                      "evaluate such judgments as qrels");
  }
  retrieved = 0;
  for (const RunDoc& doc : topic.docs) {
    const auto found = number.find(doc.name());
    if (found == number.end()) continue;
    if (found->second != kUnnumbered) {
      return make_error(Code::kInvalidArgument,
                        "document '" + std::string(doc.name()) +
                            "' is retrieved twice for topic '" + std::string(topic.id) + "'",
                        "keep one line a topic and document");
    }
    found->second = retrieved++;
  }
  std::size_t next = retrieved;
  for (const Preference& p : judged.preferences) {  // ascending by document
    std::size_t& n = number[p.doc];
    if (n == kUnnumbered) n = next++;
  }
  return number;
}

void close_transitively(Relation& relation) {
  const std::size_t n = relation.documents;
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t i = 0; i < n; ++i) {
      if (relation.at(i, k) == 0) continue;
      for (std::size_t j = 0; j < n; ++j) relation.at(i, j) |= relation.at(k, j);
    }
  }
}

bool contradicts(const Relation& relation) {
  for (std::size_t i = 0; i < relation.documents; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      if (relation.at(i, j) != 0 && relation.at(j, i) != 0) return true;
    }
  }
  return false;
}

// `items` of one group, sorted by subgroup and then by falling level.
bool relate(std::span<const Item> items, Relation& relation) {
  const std::size_t n = relation.documents;
  relation.preferred.assign(n * n, 0);
  relation.level.assign(n, -1);
  relation.complete = items.front().subgroup == items.back().subgroup;
  for (std::size_t i = 0; i < items.size(); ++i) {
    double& level = relation.level[items[i].number];
    const bool relevance_flips =
        (level > 0 && items[i].level == 0) || (level == 0 && items[i].level > 0);
    if (relevance_flips || (relation.complete && level >= 0 && level != items[i].level))
      return false;
    level = items[i].level;
    for (std::size_t j = i + 1; j < items.size() && items[j].subgroup == items[i].subgroup; ++j) {
      if (items[j].level < items[i].level) relation.at(items[i].number, items[j].number) = 1;
    }
  }
  if (!relation.complete) close_transitively(relation);
  return !contradicts(relation);
}

enum class Take { kAll, kRetrieved };

// Counts once more with only the first `limit` nonrelevant documents. Where one judge ordered all,
// trec_eval also compares every nonrelevant document with each of those kept, itself included; its
// numbers can't be met without that.
PreferenceCounts count_cut(const Relation& relation, std::size_t retrieved, std::int64_t limit,
                           Take take) {
  const std::size_t n = take == Take::kAll ? relation.documents : retrieved;
  std::vector<std::size_t> kept;
  std::vector<std::size_t> nonrelevant;
  for (std::size_t i = 0; i < n; ++i) {
    if (relation.level[i] == 0) nonrelevant.push_back(i);
    if (relation.level[i] == 0 && limit-- <= 0) continue;
    kept.push_back(i);
  }
  PreferenceCounts counts;
  const auto count = [&](std::size_t i, std::size_t j) {
    ++counts.possible;
    if (i < j && i < retrieved) ++counts.fulfilled;
  };
  for (std::size_t i : kept) {
    for (std::size_t j : kept) {
      if (relation.at(i, j) != 0) count(i, j);
    }
  }
  if (!relation.complete) return counts;
  for (std::size_t i : nonrelevant) {
    for (std::size_t j : kept) {
      if (relation.level[j] == 0) count(i, j);
    }
  }
  return counts;
}

PreferenceGroup count_group(const Relation& relation, std::size_t retrieved) {
  PreferenceGroup group;
  for (std::size_t i = 0; i < relation.documents; ++i) {
    if (relation.level[i] > 0) {
      ++group.relevant;
      group.relevant_retrieved += i < retrieved ? 1 : 0;
    } else if (relation.level[i] == 0) {
      ++group.nonrelevant;
      group.nonrelevant_retrieved += i < retrieved ? 1 : 0;
    }
    for (std::size_t j = 0; j < relation.documents; ++j) {
      if (relation.at(i, j) == 0) continue;
      if (i >= retrieved && j >= retrieved) {
        ++group.neither;
        continue;
      }
      PreferenceCounts& counts = i < retrieved && j < retrieved ? group.retrieved : group.implied;
      ++counts.possible;
      if (i < j) ++counts.fulfilled;
    }
  }
  if (group.nonrelevant > group.relevant) {
    group.cut_all = count_cut(relation, retrieved, group.relevant, Take::kAll);
  }
  if (group.nonrelevant_retrieved > group.relevant_retrieved) {
    // trec_eval cuts at the relevant that were retrieved when one judge ordered all, and at all the
    // relevant otherwise.
    const std::int64_t limit = relation.complete ? group.relevant_retrieved : group.relevant;
    group.cut_retrieved = count_cut(relation, retrieved, limit, Take::kRetrieved);
  }
  return group;
}

}  // namespace

Result<TopicPreferences> count_preferences(const RunTopic& topic, const JudgedTopic& judged,
                                           std::int64_t docs_max) {
  TopicPreferences out;
  IP_TRY(const auto number, number_documents(topic, judged, docs_max, out.retrieved));
  out.documents = number.size();
  out.table = PreferenceTable(out.documents);
  std::vector<Item> items;
  for (const Preference& p : judged.preferences) {
    items.push_back({p.group, p.subgroup, p.level, number.at(p.doc)});
  }
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    if (a.group != b.group) return a.group < b.group;
    if (a.subgroup != b.subgroup) return a.subgroup < b.subgroup;
    if (a.level != b.level) return a.level > b.level;
    return a.number < b.number;
  });
  Relation relation;
  relation.documents = out.documents;
  for (std::size_t from = 0; from < items.size();) {
    std::size_t to = from;
    while (to < items.size() && items[to].group == items[from].group) ++to;
    if (!relate(std::span(items).subspan(from, to - from), relation)) {
      return contradiction(judged, items[from].group);
    }
    for (std::size_t i = 0; i < out.documents; ++i) {
      for (std::size_t j = 0; j < out.documents; ++j) {
        out.table.at(i, j) = static_cast<std::uint16_t>(out.table.at(i, j) + relation.at(i, j));
      }
    }
    out.groups.push_back(count_group(relation, out.retrieved));
    from = to;
  }
  return out;
}

}  // namespace interposer::evals::trec
