#include "planner/cooling/loop.h"

#include <cmath>

namespace interposer::planner {

Result<CubicMetresPerSecond> coolant_flow(Watts heat, const Coolant& coolant, Kelvins rise) {
  if (!(rise.base() > 0)) {
    return make_error(Code::kInvalidArgument, "a coolant that does not warm up carries no heat",
                      "give a temperature rise above 0 K; 10 K is usual", "cooling");
  }
  if (!(heat.base() >= 0) || !(coolant.density.base() > 0) || !(coolant.specific_heat.base() > 0)) {
    return make_error(Code::kInvalidArgument,
                      "heat, density and specific heat of the coolant must be above 0",
                      "check the units", "cooling");
  }
  return heat / (coolant.density * coolant.specific_heat * rise);
}

Watts pump_power(CubicMetresPerSecond flow, Pascals loss, double efficiency) {
  return flow * loss / efficiency;
}

Watts pump_power_at(Watts design, double flow_over_design) {
  return design * (flow_over_design * flow_over_design * flow_over_design);
}

double coolant_units(Watts heat, Watts each) {
  return heat.base() <= 0 ? 0 : std::ceil(heat.base() / each.base()) + 1;
}

}  // namespace interposer::planner
