#include "planner/hall/hall.h"

#include <fmt/format.h>

#include "base/config.h"
#include "base/strings.h"
#include "planner/hall/parts.h"

namespace interposer::planner {
namespace {

Error wrong(const std::string& message, std::string remedy) {
  return make_error(Code::kInvalidArgument, message, std::move(remedy), "hall");
}

Status check(const HallOptions& o) {
  if (!(o.feed.base() > 0)) return wrong("a hall needs a feed above 0 W", "give --power 2MW");
  if (o.pue && !(*o.pue >= 1)) {
    return wrong(fmt::format("a PUE of {} cannot be: a facility draws what its IT draws", *o.pue),
                 "give a PUE of 1 or more");
  }
  if (!(o.rise.base() > 0)) {
    return wrong("a coolant that does not warm up carries no heat", "give --rise 10K");
  }
  if (!(o.cap > 0 && o.cap <= 1)) return wrong("a cap is above 0 % and at most 100 %", "--cap 80%");
  if (o.load && !(*o.load > 0 && *o.load <= 1)) {
    return wrong("a mean load is above 0 % and at most 100 %", "--load 60%");
  }
  if (o.pue_fixed && !(*o.pue_fixed >= 0 && *o.pue_fixed <= 1)) {
    return wrong("the fixed part of the overhead is a share from 0 to 1", "--pue-fixed 40%");
  }
  if (!(o.radix >= 2)) return wrong("a switch has two ports or more", "--radix 64");
  return {};
}

Result<double> read_quantity(const config::Node& node, const Dimension& wanted) {
  IP_TRY(const std::string text, node.text());
  auto value = parse_quantity(text, wanted);
  if (!value) return node.error(value.error().message, value.error().remedy);
  return value;
}

Result<MixModel> read_model(const config::Node& node) {
  MixModel model;
  config::Section section(node);
  section.read("name", &model.name).require("name");
  const auto tokens = [&](const char* key, TokensPerSecond* out) {
    section.require(key).node(key, [&, out](const config::Node& n) -> Status {
      IP_TRY(const double value, read_quantity(n, TokensPerSecond::kDimension));
      if (value <= 0) return n.error("a rate of tokens is above 0");
      *out = TokensPerSecond(value);
      return {};
    });
  };
  tokens("peak", &model.peak);
  tokens("mean", &model.mean);
  tokens("per_board", &model.per_board);
  section.node("weights", [&](const config::Node& n) -> Status {
    IP_TRY(const double value, read_quantity(n, Bytes::kDimension));
    model.weights = Bytes(value);
    return {};
  });
  section.node("load_rate", [&](const config::Node& n) -> Status {
    IP_TRY(const double value, read_quantity(n, BytesPerSecond::kDimension));
    model.load_rate = BytesPerSecond(value);
    return {};
  });
  IP_OK(section.finish());
  if (model.mean > model.peak) return node.error("the mean is above the peak");
  return model;
}

}  // namespace

Status add_hall(const Catalogue& catalogue, const HallOptions& options, Sheet* sheet) {
  IP_OK(check(options));
  HallCards cards;
  IP_TRY(cards.board, catalogue.get("boards", options.board));
  if (!options.site.empty()) {
    IP_TRY(cards.site, catalogue.get("sites", options.site));
  }
  IP_TRY(cards.cooling, catalogue.get("cooling", options.cooling));
  IP_TRY(cards.fluid, catalogue.get("cooling", options.fluid));
  IP_TRY(cards.electrical, catalogue.get("power", "electrical"));
  IP_TRY(cards.fleet, catalogue.get("prices", "fleet"));
  if (cards.cooling->tag("kind") != "method" || cards.fluid->tag("kind") != "fluid") {
    return wrong(fmt::format("'{}' with '{}' is no way to cool", options.cooling, options.fluid),
                 "cooling: direct_to_chip, air, immersion; fluid: water, pg25");
  }
  HallCells cells;
  add_feed(cards, options, &cells, sheet);
  add_boards(catalogue, cards, options, &cells, sheet);
  add_racks(cards, options, &cells, sheet);
  add_mean_power(cards, options, &cells, sheet);
  add_liquid(cards, options, &cells, sheet);
  add_fabric(catalogue, options, &cells, sheet);
  add_failures(cards, options, &cells, sheet);
  add_money(cards, options, &cells, sheet);
  add_lead(catalogue, cards, sheet);
  add_phases(options, &cells, sheet);
  add_mix(options, &cells, sheet);
  return {};
}

Result<std::vector<Phase>> parse_phases(std::string_view text) {
  std::vector<Phase> phases;
  for (const std::string_view part : split(text, ',')) {
    const std::size_t at = part.find('@');
    if (at == std::string_view::npos) {
      return wrong(fmt::format("'{}' is no phase", part), "write 50%@0month,100%@6month");
    }
    Phase phase;
    IP_TRY(phase.share, parse_quantity(part.substr(0, at), Dimension{}));
    IP_TRY(const double after, parse_quantity(part.substr(at + 1), Seconds::kDimension));
    phase.after = Seconds(after);
    const bool rises =
        phases.empty() || (phase.share > phases.back().share && phase.after > phases.back().after);
    if (!rises || phase.share <= 0 || phase.share > 1 || after < 0) {
      return wrong(fmt::format("the phase '{}' does not follow the one before it", part),
                   "shares and dates rise, up to 100%");
    }
    phases.push_back(phase);
  }
  if (phases.back().share < 1) {
    return wrong("the last phase is not the whole", "end with 100%@...");
  }
  return phases;
}

Result<std::vector<MixModel>> parse_mix(std::string_view text, const std::string& file) {
  IP_TRY(const config::Document document, config::parse(text, file));
  config::Section top(document.root());
  std::vector<MixModel> models;
  top.require("models").each("models", [&](const std::string&, const config::Node& node) -> Status {
    IP_TRY(MixModel model, read_model(node));
    for (const MixModel& other : models) {
      if (other.name == model.name) return node.error("'" + model.name + "' stands twice");
    }
    models.push_back(std::move(model));
    return {};
  });
  IP_OK(top.finish());
  return models;
}

}  // namespace interposer::planner
