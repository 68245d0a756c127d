#include "planner/supply/supply.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/exit_codes.h"
#include "app/output/answer.h"
#include "app/verbs/plan/plan.h"
#include "base/json.h"
#include "base/strings.h"

namespace interposer::app {
namespace {

using planner::BoardExposure;

struct SupplyFlags {
  std::vector<std::string> without, boards;
};

std::string lost(const BoardExposure& exposure) {
  if (exposure.effect == planner::Effect::kNone) return "";
  if (exposure.effect == planner::Effect::kStops) return "all";
  if (!exposure.lost_low) return "share unknown";
  return fmt::format("{:.0f} to {:.0f} %", 100 * *exposure.lost_low, 100 * *exposure.lost_high);
}

// The most concentrated of the products whose shares are known.
const planner::Need* narrowest(const BoardExposure& exposure) {
  const planner::Need* found = nullptr;
  for (const planner::Need& need : exposure.needs) {
    if (!need.concentration) continue;
    if (found == nullptr || *need.concentration > *found->concentration) found = &need;
  }
  return found;
}

std::size_t single_sources(const BoardExposure& exposure) {
  std::size_t count = 0;
  for (const planner::Need& need : exposure.needs) count += need.suppliers.size() == 1 ? 1 : 0;
  return count;
}

void print_json(const std::vector<BoardExposure>& exposures,
                const std::vector<planner::Alternative>& alternatives) {
  JsonWriter out;
  out.begin_object().key("boards").begin_array();
  for (const BoardExposure& e : exposures) {
    out.begin_object().field("board", e.board->id).field("effect", planner::effect_name(e.effect));
    if (e.lost_low) out.field("lost_low", *e.lost_low).field("lost_high", *e.lost_high);
    out.field("chain", join(e.chain, " > ")).key("needs").begin_array();
    for (const planner::Need& need : e.needs) {
      out.begin_object().field("customer", need.customer).field("product", need.product);
      out.field("layer", need.layer).field("only", need.only);
      if (need.concentration) out.field("concentration", *need.concentration);
      out.key("suppliers").begin_array();
      for (const planner::Supplier& s : need.suppliers) {
        out.begin_object().field("company", s.company).field("works", s.works);
        if (s.low) out.field("share_low", *s.low).field("share_high", *s.high);
        out.field("where", s.link->where).end_object();
      }
      out.end_array().end_object();
    }
    out.end_array().end_object();
  }
  out.end_array().key("alternatives").begin_array();
  for (const planner::Alternative& a : alternatives) {
    out.begin_object().field("product", a.product).field("company", a.company);
    out.field("reported", a.reported).end_object();
  }
  out.end_array().end_object();
  fmt::print("{}\n", out.str());
}

void print_tables(const planner::Catalogue& catalogue, const std::vector<BoardExposure>& exposures,
                  const std::vector<planner::Alternative>& alternatives) {
  std::vector<std::vector<std::string>> rows = {
      {"board", "effect", "supply lost", "because", "single sources behind it", "narrowest (HHI)"}};
  for (const BoardExposure& e : exposures) {
    const planner::Need* need = narrowest(e);
    rows.push_back(
        {e.board->title, std::string(planner::effect_name(e.effect)), lost(e), join(e.chain, " > "),
         fmt::format("{}", single_sources(e)),
         need == nullptr ? "" : fmt::format("{} {:.2f}", need->product, *need->concentration)});
  }
  fmt::print("{}", format_table(rows));
  if (alternatives.empty()) return;
  fmt::print("\n");
  std::vector<std::vector<std::string>> others = {{"product", "others that make it", "standing"}};
  for (const planner::Alternative& a : alternatives) {
    const planner::Card* company = catalogue.find("companies", a.company);
    others.push_back({a.product, company != nullptr ? company->title : a.company,
                      a.reported ? "reported, not confirmed" : "supplies today"});
  }
  fmt::print("{}", format_table(others));
}

int work(const SupplyFlags& supply, const PlanFlags& flags, bool json) {
  auto catalogue = plan_catalogue(flags);
  if (!catalogue) return fail(catalogue.error());
  auto gone = planner::companies_named(**catalogue, supply.without);
  if (!gone) return fail(gone.error());
  const std::set<std::string> without(gone->begin(), gone->end());
  std::vector<const planner::Card*> boards = (*catalogue)->cards("boards");
  if (!supply.boards.empty()) {
    boards.clear();
    for (const std::string& name : supply.boards) {
      auto board = (*catalogue)->get("boards", name);
      if (!board) return fail(board.error());
      boards.push_back(*board);
    }
  }
  std::vector<BoardExposure> exposures;
  for (const planner::Card* board : boards) {
    exposures.push_back(planner::exposure_of(**catalogue, *board, without));
  }
  const auto alternatives = planner::alternatives_to(**catalogue, without);
  if (json) {
    print_json(exposures, alternatives);
  } else {
    print_tables(**catalogue, exposures, alternatives);
  }
  return kExitOk;
}

}  // namespace

void add_plan_supply(CLI::App* plan, Chosen* chosen) {
  auto common = std::make_shared<Common>();
  auto flags = std::make_shared<PlanFlags>();
  auto supply = std::make_shared<SupplyFlags>();
  CLI::App* verb = subcommand(plan, "supply", "what stops without a supplier, and what is left",
                              "  interposer plan supply --without \"SK hynix\"\n"
                              "  interposer plan supply --without ASML --board b200_sxm",
                              common.get());
  verb->add_option("--without", supply->without, "a company that is gone (may be given again)");
  verb->add_option("--board", supply->boards, "boards of your plan (default: all)");
  add_common_options(verb, flags.get());
  verb->callback([common, flags, supply, chosen] {
    chosen->work = [common, flags, supply] { return work(*supply, *flags, common->json); };
  });
}

}  // namespace interposer::app
