#include "planner/supply/supply.h"

#include <algorithm>
#include <map>

#include "base/strings.h"

namespace interposer::planner {
namespace {

struct State {
  Effect effect = Effect::kNone;
  std::optional<double> lost_low, lost_high;
  std::vector<std::string> chain;
  bool done = false;
};

// Walks the graph above one board. A company that is met again while it is being looked at counts
// as working: a circle does not stop itself.
class Walk {
 public:
  Walk(const Catalogue& catalogue, const Card& board, const std::set<std::string>& without)
      : catalogue_(catalogue), board_(board), without_(without) {}

  const State& visit(const std::string& company) {
    const auto [at, fresh] = states_.try_emplace(company);
    if (!fresh) return at->second;
    if (without_.contains(company)) {
      at->second.effect = Effect::kStops;
      at->second.chain = {title(company)};
      at->second.done = true;
      return at->second;
    }
    for (Need& need : needs_of(company)) {
      judge(company, &need);
      needs_.push_back(std::move(need));
    }
    states_[company].done = true;
    return states_[company];
  }

  std::vector<Need> take_needs() { return std::move(needs_); }

 private:
  std::string title(const std::string& company) const {
    const Card* card = catalogue_.find("companies", company);
    return card != nullptr ? card->title : company;
  }

  bool counts(const Link& link) const {
    return link.for_boards.empty() || std::find(link.for_boards.begin(), link.for_boards.end(),
                                                board_.id) != link.for_boards.end();
  }

  std::vector<Need> needs_of(const std::string& company) {
    std::vector<Need> needs;
    for (const Link& link : catalogue_.links()) {
      if (link.to != company || link.from == company || !counts(link)) continue;
      auto found = std::find_if(needs.begin(), needs.end(),
                                [&](const Need& need) { return need.product == link.product; });
      if (found == needs.end()) {
        needs.push_back({company, link.product, link.layer, link.only, {}, std::nullopt});
        found = needs.end() - 1;
      }
      Supplier supplier{link.from, std::nullopt, std::nullopt, true, link.reported, &link};
      if (link.share && !link.share->blank()) {
        supplier.low = 1;
        supplier.high = 0;
        for (const std::size_t i : link.share->used) {
          supplier.low = std::min(*supplier.low, link.share->claims[i].low);
          supplier.high = std::max(*supplier.high, link.share->claims[i].high);
        }
      }
      found->suppliers.push_back(supplier);
    }
    return needs;
  }

  // What the state of a product's suppliers does to `company`.
  void judge(const std::string& company, Need* need) {
    std::size_t working = 0;
    double low = 0;
    double high = 0;
    bool known = true;
    std::vector<std::string> chain;
    bool shrunk = false;
    for (Supplier& supplier : need->suppliers) {
      const State state = visit(supplier.company);  // a copy: the map may grow
      supplier.works = state.effect != Effect::kStops;
      // What is only reported does not carry a plan.
      if (supplier.works && !supplier.reported) ++working;
      if (state.effect == Effect::kNone) continue;
      if (chain.empty()) chain = state.chain;
      shrunk = true;
      const bool all = state.effect == Effect::kStops;
      if (!supplier.low || (!all && !state.lost_low)) {
        known = false;
        continue;
      }
      low += *supplier.low * (all ? 1 : *state.lost_low);
      high += *supplier.high * (all ? 1 : *state.lost_high);
    }
    concentrate(need);
    if (!shrunk) return;
    chain.push_back(need->product);
    chain.push_back(title(company));
    State& own = states_[company];
    const bool firm = std::any_of(need->suppliers.begin(), need->suppliers.end(),
                                  [](const Supplier& s) { return !s.reported; });
    // One known supplier that nobody calls the only one: others may exist, so it shrinks by an
    // unknown share.
    const bool all_known = need->only || need->suppliers.size() > 1;
    if (working == 0 && firm && all_known) {
      own = {Effect::kStops, std::nullopt, std::nullopt, chain, true};
      return;
    }
    if (working == 0) known = false;
    if (own.effect == Effect::kStops) return;
    const bool first = own.effect == Effect::kNone;
    own.effect = Effect::kShrinks;
    if (first) own.chain = chain;
    if (!known) {
      if (first) own.lost_low = own.lost_high = std::nullopt;
      return;
    }
    // The scarcest product decides, not their sum.
    own.lost_low = std::max(own.lost_low.value_or(0), std::min(low, 1.0));
    own.lost_high = std::max(own.lost_high.value_or(0), std::min(high, 1.0));
  }

  static void concentrate(Need* need) {
    if (need->only && need->suppliers.size() == 1) {
      need->concentration = 1;
      return;
    }
    double sum = 0;
    for (const Supplier& s : need->suppliers) {
      if (!s.low) return;
      sum += (*s.low + *s.high) / 2;
    }
    if (sum <= 0) return;
    double squares = 0;
    for (const Supplier& s : need->suppliers) {
      const double share = (*s.low + *s.high) / 2 / sum;
      squares += share * share;
    }
    need->concentration = squares;
  }

  const Catalogue& catalogue_;
  const Card& board_;
  const std::set<std::string>& without_;
  std::map<std::string, State> states_;
  std::vector<Need> needs_;
};

}  // namespace

std::string_view effect_name(Effect effect) {
  switch (effect) {
    case Effect::kNone:
      return "goes on";
    case Effect::kShrinks:
      return "shrinks";
    case Effect::kStops:
      return "stops";
  }
  return "";
}

Result<std::vector<std::string>> companies_named(const Catalogue& catalogue,
                                                 const std::vector<std::string>& names) {
  std::vector<std::string> ids;
  for (const std::string& name : names) {
    IP_TRY(const Card* card, catalogue.get("companies", trim(name)));
    ids.push_back(card->id);
  }
  return ids;
}

const Card* maker_of(const Catalogue& catalogue, const Card& board) {
  return catalogue.find("companies", board.tag("maker"));
}

BoardExposure exposure_of(const Catalogue& catalogue, const Card& board,
                          const std::set<std::string>& without) {
  BoardExposure exposure;
  exposure.board = &board;
  const Card* maker = maker_of(catalogue, board);
  if (maker == nullptr) return exposure;
  Walk walk(catalogue, board, without);
  const State state = walk.visit(maker->id);
  exposure.effect = state.effect;
  exposure.lost_low = state.lost_low;
  exposure.lost_high = state.lost_high;
  exposure.chain = state.chain;
  exposure.needs = walk.take_needs();
  return exposure;
}

std::vector<Alternative> alternatives_to(const Catalogue& catalogue,
                                         const std::set<std::string>& without) {
  std::set<std::string> products;
  for (const Link& link : catalogue.links()) {
    if (without.contains(link.from)) products.insert(link.product);
  }
  std::vector<Alternative> found;
  std::set<std::pair<std::string, std::string>> seen;
  for (const Link& link : catalogue.links()) {
    if (!products.contains(link.product) || without.contains(link.from)) continue;
    if (!seen.emplace(link.product, link.from).second) continue;
    found.push_back({link.product, link.from, link.reported});
  }
  std::sort(found.begin(), found.end(), [](const Alternative& a, const Alternative& b) {
    return a.product != b.product ? a.product < b.product : a.company < b.company;
  });
  return found;
}

}  // namespace interposer::planner
