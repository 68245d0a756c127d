#include "knowledge/index/lexical.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <queue>

#include "knowledge/records/codec.h"

namespace interposer::knowledge {
namespace {

constexpr std::uint64_t kFormat = 0x4C455801;  // "LEX" 1
// Sums of bounds are rounded differently from sums of parts.
constexpr double kSlack = 1 + 1e-9;

std::map<std::string, std::uint32_t> counted(const std::vector<std::string>& terms) {
  std::map<std::string, std::uint32_t> counts;
  for (const auto& term : terms) ++counts[term];
  return counts;
}

bool better(const LexicalIndex::Scored& a, const LexicalIndex::Scored& b) {
  return a.score != b.score ? a.score > b.score : a.ordinal < b.ordinal;
}

// Keeps the best k seen; ordinals come in ascending order, so that a tie is lost by the later.
class Best {
 public:
  explicit Best(std::size_t k) : k_(k) {}
  double threshold() const { return heap_.size() < k_ ? 0 : heap_.top().score; }
  void offer(LexicalIndex::Scored candidate) {
    if (candidate.score <= 0) return;
    if (heap_.size() < k_) {
      heap_.push(candidate);
    } else if (k_ > 0 && better(candidate, heap_.top())) {
      heap_.pop();
      heap_.push(candidate);
    }
  }
  std::vector<LexicalIndex::Scored> take() {
    std::vector<LexicalIndex::Scored> all;
    for (; !heap_.empty(); heap_.pop()) all.push_back(heap_.top());
    std::reverse(all.begin(), all.end());
    return all;
  }

 private:
  struct Worse {
    bool operator()(const LexicalIndex::Scored& a, const LexicalIndex::Scored& b) const {
      return better(a, b);
    }
  };
  std::size_t k_;
  std::priority_queue<LexicalIndex::Scored, std::vector<LexicalIndex::Scored>, Worse> heap_;
};

}  // namespace

struct LexicalIndex::Wanted {
  const Postings* postings = nullptr;
  double weight = 0;  // idf times its count in the query
  double bound = 0;
  std::size_t at = 0;  // cursor

  Ordinal ordinal() const { return postings->ordinals[at]; }
  bool done() const { return at >= postings->ordinals.size(); }
  void seek(Ordinal target) {
    // Galloping: the next one is usually near.
    const auto& list = postings->ordinals;
    std::size_t step = 1, low = at;
    while (low + step < list.size() && list[low + step] < target) {
      low += step;
      step *= 2;
    }
    const auto begin = list.begin() + static_cast<std::ptrdiff_t>(low);
    const auto end =
        list.begin() + static_cast<std::ptrdiff_t>(std::min(low + step + 1, list.size()));
    at = static_cast<std::size_t>(std::lower_bound(begin, end, target) - list.begin());
  }
};

void LexicalIndex::Postings::push(Ordinal ordinal, std::uint16_t tf, std::uint32_t length) {
  if (ordinals.size() % kBlock == 0) blocks.emplace_back();
  blocks.back().max_tf = std::max(blocks.back().max_tf, tf);
  blocks.back().min_length = std::min(blocks.back().min_length, length);
  ordinals.push_back(ordinal);
  tfs.push_back(tf);
  ++live;
}

LexicalIndex::Ordinal LexicalIndex::add(const std::vector<std::string>& terms) {
  const auto ordinal = static_cast<Ordinal>(lengths_.size());
  const auto length = static_cast<std::uint32_t>(terms.size());
  for (const auto& [term, count] : counted(terms)) {
    const auto [entry, fresh] =
        dictionary_.try_emplace(term, static_cast<std::uint32_t>(postings_.size()));
    if (fresh) postings_.emplace_back();
    postings_[entry->second].push(ordinal, static_cast<std::uint16_t>(std::min(count, 65535U)),
                                  length);
  }
  lengths_.push_back(length);
  alive_.push_back(true);
  ++live_;
  total_length_ += length;
  return ordinal;
}

void LexicalIndex::remove(Ordinal ordinal, const std::vector<std::string>& terms) {
  if (!alive(ordinal)) return;
  for (const auto& [term, count] : counted(terms)) {
    const auto found = dictionary_.find(term);
    if (found != dictionary_.end()) --postings_[found->second].live;
  }
  alive_[ordinal] = false;
  --live_;
  total_length_ -= lengths_[ordinal];
}

double LexicalIndex::average_length() const {
  return live_ == 0
             ? 1
             : std::max(1.0, static_cast<double>(total_length_) / static_cast<double>(live_));
}

double LexicalIndex::idf(std::uint32_t df) const {
  return std::log(1 + (static_cast<double>(live_) - df + 0.5) / (df + 0.5));
}

double LexicalIndex::saturation(double tf, double length, double average) const {
  const auto& [k1, b] = parameters_;
  return tf / (tf + k1 * (1 - b + b * length / average));
}

double LexicalIndex::part(const Wanted& w, std::size_t posting, double average) const {
  const Ordinal ordinal = w.postings->ordinals[posting];
  return w.weight * saturation(w.postings->tfs[posting], lengths_[ordinal], average);
}

double LexicalIndex::bound(const Postings& postings, double average) const {
  double most = 0;
  for (const Block& block : postings.blocks)
    most = std::max(most, saturation(block.max_tf, block.min_length, average));
  return most;
}

std::vector<LexicalIndex::Wanted> LexicalIndex::wanted(
    const std::vector<std::string>& terms) const {
  std::vector<Wanted> all;
  const double average = average_length();
  for (const auto& [term, count] : counted(terms)) {
    const auto found = dictionary_.find(term);
    if (found == dictionary_.end() || postings_[found->second].live == 0) continue;
    Wanted w;
    w.postings = &postings_[found->second];
    w.weight = idf(w.postings->live) * count;
    w.bound = w.weight * bound(*w.postings, average);
    all.push_back(w);
  }
  return all;
}

std::vector<LexicalIndex::Scored> LexicalIndex::search(const std::vector<std::string>& terms,
                                                       std::size_t k) const {
  std::vector<Wanted> lists = wanted(terms);
  if (lists.empty() || k == 0) return {};
  const double average = average_length();
  // By bound, weakest first; prefix[i] is what the lists before i can give together.
  std::vector<std::size_t> order(lists.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return lists[a].bound < lists[b].bound; });
  std::vector<double> prefix(order.size() + 1, 0);
  for (std::size_t i = 0; i < order.size(); ++i)
    prefix[i + 1] = prefix[i] + lists[order[i]].bound * kSlack;

  Best best(k);
  std::vector<double> parts(lists.size());
  for (std::size_t essential = 0;;) {
    while (essential < order.size() && prefix[essential + 1] <= best.threshold()) ++essential;
    if (essential == order.size()) break;
    Ordinal next = UINT32_MAX;
    for (std::size_t i = essential; i < order.size(); ++i)
      if (!lists[order[i]].done()) next = std::min(next, lists[order[i]].ordinal());
    if (next == UINT32_MAX) break;
    double sum = 0;
    std::fill(parts.begin(), parts.end(), 0.0);
    for (std::size_t i = essential; i < order.size(); ++i) {
      Wanted& w = lists[order[i]];
      if (w.done() || w.ordinal() != next) continue;
      sum += parts[order[i]] = part(w, w.at, average);
      ++w.at;
    }
    if (!alive_[next]) continue;
    bool possible = true;
    for (std::size_t i = essential; i-- > 0 && possible;) {
      possible = sum * kSlack + prefix[i + 1] > best.threshold();
      Wanted& w = lists[order[i]];
      if (!possible || w.done()) continue;
      if (w.ordinal() < next) w.seek(next);
      if (!w.done() && w.ordinal() == next) sum += parts[order[i]] = part(w, w.at, average);
    }
    if (!possible) continue;
    // Summed in the order of the terms, as everywhere: equal parts give equal scores.
    double score = 0;
    for (const double p : parts) score += p;
    best.offer({next, score});
  }
  return best.take();
}

double LexicalIndex::score(const std::vector<std::string>& terms, Ordinal ordinal) const {
  if (!alive(ordinal)) return 0;
  const double average = average_length();
  double score = 0;
  for (Wanted& w : wanted(terms)) {
    w.seek(ordinal);
    if (!w.done() && w.ordinal() == ordinal) score += part(w, w.at, average);
  }
  return score;
}

std::vector<LexicalIndex::Scored> LexicalIndex::search_exhaustive(
    const std::vector<std::string>& terms, std::size_t k) const {
  std::vector<Scored> all;
  for (Ordinal ordinal = 0; ordinal < alive_.size(); ++ordinal) {
    const double s = score(terms, ordinal);
    if (s > 0) all.push_back({ordinal, s});
  }
  std::sort(all.begin(), all.end(), better);
  if (all.size() > k) all.resize(k);
  return all;
}

LexicalIndex::TermFacts LexicalIndex::facts(const std::string& term) const {
  const auto found = dictionary_.find(term);
  const std::uint32_t df = found == dictionary_.end() ? 0 : postings_[found->second].live;
  return {idf(df), df};
}

std::string LexicalIndex::serialize() const {
  std::vector<Ordinal> renumbered(alive_.size());
  Writer out;
  out.number(kFormat);
  out.number(live_);
  Ordinal next = 0;
  for (std::size_t i = 0; i < alive_.size(); ++i) {
    if (!alive_[i]) continue;
    renumbered[i] = next++;
    out.number(lengths_[i]);
  }
  std::map<std::string_view, const Postings*> sorted;
  for (const auto& [term, id] : dictionary_)
    if (postings_[id].live > 0) sorted.emplace(term, &postings_[id]);
  out.number(sorted.size());
  for (const auto& [term, list] : sorted) {
    out.text(term);
    out.number(list->live);
    Ordinal last = 0;
    for (std::size_t i = 0; i < list->ordinals.size(); ++i) {
      if (!alive_[list->ordinals[i]]) continue;
      const Ordinal ordinal = renumbered[list->ordinals[i]];
      out.number(ordinal - last);
      out.number(list->tfs[i]);
      last = ordinal;
    }
  }
  return out.take();
}

bool LexicalIndex::load(std::string_view bytes) {
  Reader in(bytes);
  LexicalIndex loaded(parameters_);
  if (in.number() != kFormat) return false;
  loaded.live_ = in.count();
  loaded.alive_.assign(loaded.live_, true);
  for (std::size_t i = 0; i < loaded.live_; ++i) {
    loaded.lengths_.push_back(static_cast<std::uint32_t>(in.number()));
    loaded.total_length_ += loaded.lengths_.back();
  }
  const std::size_t terms = in.count();
  loaded.dictionary_.reserve(terms);
  loaded.postings_.resize(terms);
  for (std::size_t t = 0; t < terms && in.ok(); ++t) {
    loaded.dictionary_.emplace(std::string(in.text()), static_cast<std::uint32_t>(t));
    Postings& list = loaded.postings_[t];
    const std::size_t n = in.count();
    list.ordinals.reserve(n);
    list.tfs.reserve(n);
    std::uint64_t ordinal = 0;
    for (std::size_t i = 0; i < n; ++i) {
      ordinal += in.number();
      const std::uint64_t tf = in.number();
      if (!in.ok() || ordinal >= loaded.live_ || tf > 65535) return false;
      list.push(static_cast<Ordinal>(ordinal), static_cast<std::uint16_t>(tf),
                loaded.lengths_[ordinal]);
    }
  }
  if (!in.ok() || !in.at_end()) return false;
  *this = std::move(loaded);
  return true;
}

}  // namespace interposer::knowledge
