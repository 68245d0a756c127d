#include <fstream>

#include "app/verbs/plan/plan.h"
#include "planner/hall/quotes.h"
#include "planner/units/unit.h"

namespace interposer::app {
namespace {

using planner::Dimension;

// "--load: '60 kW' is in joule/second, here 1 is wanted".
Result<double> flag_value(const char* flag, const std::string& text, const Dimension& wanted) {
  auto value = planner::parse_quantity(text, wanted);
  if (value) return value;
  return std::move(value).error().within(flag);
}

template <class Q>
Status read_flag(const char* flag, const std::string& text, std::optional<Q>* out) {
  if (text.empty()) return {};
  IP_TRY(const double value, flag_value(flag, text, Q::kDimension));
  *out = Q(value);
  return {};
}

template <class Q>
Status read_flag(const char* flag, const std::string& text, Q* out) {
  std::optional<Q> value;
  IP_OK(read_flag(flag, text, &value));
  if (value) *out = *value;
  return {};
}

Status read_share(const char* flag, const std::string& text, std::optional<double>* out) {
  if (text.empty()) return {};
  IP_TRY(*out, flag_value(flag, text, Dimension{}));
  return {};
}

Status read_ups(const std::string& text, planner::HallOptions* options) {
  if (text.empty()) return {};
  const std::size_t times = text.find('x');
  if (times != std::string::npos) {
    IP_TRY(options->ups_count, flag_value("--ups", text.substr(0, times), Dimension{}));
    if (!(options->ups_count >= 1)) {
      return make_error(Code::kInvalidArgument, "--ups: no modules in '" + text + "'",
                        "write 6x400kW");
    }
  }
  const std::string each = times == std::string::npos ? text : text.substr(times + 1);
  return read_flag("--ups", each, &options->ups_module);
}

Error missing(const char* flag, const char* example) {
  return make_error(Code::kInvalidArgument, std::string("the plan needs ") + flag, example);
}

}  // namespace

Result<std::string> read_plan_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return make_error(Code::kNotFound, "cannot open " + path,
                      "check the path and that you may read the file");
  }
  std::string text(kPlanFileBytesMax + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kPlanFileBytesMax) {
    return make_error(Code::kTooLarge, path + " is larger than 1 MiB", "split the file");
  }
  return text;
}

Result<std::shared_ptr<const planner::Catalogue>> plan_catalogue(const PlanFlags& flags) {
  if (flags.data.empty() && flags.quotes.empty()) {
    IP_TRY(const planner::Catalogue* builtin, planner::Catalogue::builtin());
    return std::shared_ptr<const planner::Catalogue>(std::shared_ptr<void>(), builtin);
  }
  std::vector<std::string> texts;
  std::vector<planner::TextFile> overlays;
  texts.reserve(flags.data.size());
  for (const std::string& path : flags.data) {
    IP_TRY(std::string text, read_plan_file(path));
    texts.push_back(std::move(text));
    overlays.push_back({path, texts.back()});
  }
  IP_TRY(planner::Catalogue catalogue, planner::Catalogue::with(overlays));
  if (!flags.quotes.empty()) {
    IP_TRY(const std::string text, read_plan_file(flags.quotes));
    IP_OK(planner::apply_quotes(text, flags.quotes, &catalogue));
  }
  return std::shared_ptr<const planner::Catalogue>(
      std::make_shared<planner::Catalogue>(std::move(catalogue)));
}

Result<planner::HallOptions> hall_options(const PlanFlags& flags) {
  planner::HallOptions o;
  if (flags.power.empty()) return missing("--power", "--power 2MW");
  if (flags.board.empty()) return missing("--board", "--board b200_sxm");
  o.board = flags.board;
  o.site = flags.site;
  o.continuous = flags.continuous;
  if (!flags.cooling.empty()) o.cooling = flags.cooling;
  if (!flags.fluid.empty()) o.fluid = flags.fluid;
  IP_OK(read_flag("--power", flags.power, &o.feed));
  IP_OK(read_share("--pue", flags.pue, &o.pue));
  IP_OK(read_share("--pue-fixed", flags.pue_fixed, &o.pue_fixed));
  IP_OK(read_share("--load", flags.load, &o.load));
  IP_OK(read_ups(flags.ups, &o));
  IP_OK(read_flag("--rack", flags.rack, &o.rack_power));
  IP_OK(read_flag("--rack-floor", flags.rack_floor, &o.rack_floor));
  IP_OK(read_flag("--rise", flags.rise, &o.rise));
  IP_OK(read_flag("--repair", flags.repair, &o.repair));
  IP_OK(read_flag("--tariff", flags.tariff, &o.tariff));
  IP_OK(read_flag("--demand-charge", flags.demand_charge, &o.demand_charge));
  std::optional<double> cap, radix;
  IP_OK(read_share("--cap", flags.cap, &cap));
  IP_OK(read_share("--radix", flags.radix, &radix));
  o.cap = cap.value_or(o.cap);
  o.radix = radix.value_or(o.radix);
  if (!flags.redundancy.empty()) {
    IP_TRY(o.redundancy, planner::parse_redundancy(flags.redundancy));
  }
  if (!flags.phases.empty()) {
    IP_TRY(o.phases, planner::parse_phases(flags.phases));
  }
  if (!flags.models.empty()) {
    IP_TRY(const std::string text, read_plan_file(flags.models));
    IP_TRY(o.mix, planner::parse_mix(text, flags.models));
  }
  if (!flags.hours.empty()) {
    IP_TRY(const std::string text, read_plan_file(flags.hours));
    IP_TRY(o.hours, planner::parse_hours(text, flags.hours));
  }
  return o;
}

Result<planner::SiteOptions> site_options(const PlanFlags& flags) {
  planner::SiteOptions o;
  if (flags.power.empty()) return missing("--power", "--power 100MW");
  if (flags.site.empty()) return missing("--site", "--site us_pjm");
  o.site = flags.site;
  if (!flags.cooling.empty()) o.cooling = flags.cooling;
  IP_OK(read_flag("--power", flags.power, &o.it));
  IP_OK(read_share("--pue", flags.pue, &o.pue));
  IP_OK(read_share("--power-factor", flags.power_factor, &o.power_factor));
  IP_OK(read_flag("--transformer", flags.transformer, &o.transformer));
  std::optional<double> use;
  IP_OK(read_share("--use", flags.use, &use));
  o.utilisation = use.value_or(o.utilisation);
  return o;
}

Result<planner::SiliconOptions> silicon_options(const PlanFlags& flags) {
  planner::SiliconOptions o;
  if (flags.board.empty()) return missing("--board", "--board b200_sxm");
  o.node = flags.node;
  IP_OK(read_flag("--area", flags.area, &o.area));
  IP_OK(read_share("--harvest", flags.harvest, &o.harvest));
  if (flags.tolerated >= 0) o.tolerated = flags.tolerated;
  if (!flags.yield_model.empty()) {
    IP_TRY(o.model, planner::parse_yield_model(flags.yield_model));
  }
  return o;
}

}  // namespace interposer::app
