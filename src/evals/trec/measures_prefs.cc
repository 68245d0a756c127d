// Ratios of preferences fulfilled: over all, over document pairs, or averaged over groups; counting
// all, only pairs with both documents retrieved, or those with at least one.
#include "evals/trec/measures.h"

namespace interposer::evals::trec::preference {
namespace {

enum class Count { kAll, kRetrieved, kImplied };

PreferenceCounts counts_of(const PreferenceGroup& group, Count count) {
  switch (count) {
    case Count::kAll:
      return group.all();
    case Count::kRetrieved:
      return group.retrieved;
    case Count::kImplied:
      return {group.retrieved.fulfilled + group.implied.fulfilled,
              group.retrieved.possible + group.implied.possible};
  }
  return {};
}

PreferenceCounts total_of(const TopicView& t, Count count) {
  PreferenceCounts total;
  for (const PreferenceGroup& group : t.preferences->groups) {
    const PreferenceCounts counts = counts_of(group, count);
    total.fulfilled += counts.fulfilled;
    total.possible += counts.possible;
  }
  return total;
}

double group_mean(const TopicView& t, Count count) {
  double total = 0;
  for (const PreferenceGroup& group : t.preferences->groups)
    total += counts_of(group, count).ratio();
  return total / static_cast<double>(t.preferences->groups.size());
}

// Mean over unordered pairs with any preference of the share that the ranking fulfils.
double pair_mean(const TopicView& t, Count count) {
  const TopicPreferences& all = *t.preferences;
  const std::size_t first = count == Count::kAll ? all.documents : all.retrieved;
  const std::size_t second = count == Count::kRetrieved ? all.retrieved : all.documents;
  double total = 0;
  double pairs = 0;
  for (std::size_t i = 0; i < first; ++i) {
    for (std::size_t j = i + 1; j < second; ++j) {
      const double kept = all.table.at(i, j);
      const double broken = all.table.at(j, i);
      if (kept + broken == 0) continue;
      ++pairs;
      if (i < all.retrieved) total += kept / (kept + broken);
    }
  }
  return pairs > 0 ? total / pairs : 0;
}

// As if each group had as many nonrelevant documents as relevant ones: missing ones would have come
// last, surplus ones (the last in order) are left out. Without any preference a group adds 1 or 0.
double balanced_mean(const TopicView& t, Count count) {
  double total = 0;
  for (const PreferenceGroup& group : t.preferences->groups) {
    const bool all = count == Count::kAll;
    const std::int64_t relevant = all ? group.relevant : group.relevant_retrieved;
    const std::int64_t nonrelevant = all ? group.nonrelevant : group.nonrelevant_retrieved;
    PreferenceCounts counts = all ? group.cut_all : group.cut_retrieved;
    if (relevant >= nonrelevant) {
      counts = counts_of(group, count);
      counts.fulfilled += group.relevant_retrieved * (relevant - nonrelevant);
      counts.possible += group.relevant * (relevant - nonrelevant);
    }
    total += counts.ratio();
  }
  return total / static_cast<double>(t.preferences->groups.size());
}

}  // namespace

void possible(const TopicView& t, const Parameters&, Values out) {
  out[0] = static_cast<double>(total_of(t, Count::kAll).possible);
}
void fulfilled(const TopicView& t, const Parameters&, Values out) {
  out[0] = static_cast<double>(total_of(t, Count::kAll).fulfilled);
}
void fulfilled_retrieved(const TopicView& t, const Parameters&, Values out) {
  out[0] = static_cast<double>(total_of(t, Count::kRetrieved).fulfilled);
}
void simple(const TopicView& t, const Parameters&, Values out) {
  out[0] = total_of(t, Count::kAll).ratio();
}
void pair(const TopicView& t, const Parameters&, Values out) { out[0] = pair_mean(t, Count::kAll); }
void groups(const TopicView& t, const Parameters&, Values out) {
  out[0] = group_mean(t, Count::kAll);
}
void groups_balanced(const TopicView& t, const Parameters&, Values out) {
  out[0] = balanced_mean(t, Count::kAll);
}
void simple_retrieved(const TopicView& t, const Parameters&, Values out) {
  out[0] = total_of(t, Count::kRetrieved).ratio();
}
void pair_retrieved(const TopicView& t, const Parameters&, Values out) {
  out[0] = pair_mean(t, Count::kRetrieved);
}
void groups_retrieved(const TopicView& t, const Parameters&, Values out) {
  out[0] = group_mean(t, Count::kRetrieved);
}
void groups_balanced_retrieved(const TopicView& t, const Parameters&, Values out) {
  out[0] = balanced_mean(t, Count::kRetrieved);
}
void simple_implied(const TopicView& t, const Parameters&, Values out) {
  out[0] = total_of(t, Count::kImplied).ratio();
}
void pair_implied(const TopicView& t, const Parameters&, Values out) {
  out[0] = pair_mean(t, Count::kImplied);
}
void groups_implied(const TopicView& t, const Parameters&, Values out) {
  out[0] = group_mean(t, Count::kImplied);
}

}  // namespace interposer::evals::trec::preference
