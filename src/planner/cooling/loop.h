// The liquid loop: flow from heat and temperature rise, pump power, coolant units.
#pragma once

#include "base/result.h"
#include "planner/units/quantity.h"

namespace interposer::planner {

struct Coolant {
  MassDensity density;
  SpecificHeat specific_heat;
};

// Q = P / (rho c dT). Errors: a rise of nothing, or negative heat.
Result<CubicMetresPerSecond> coolant_flow(Watts heat, const Coolant& coolant, Kelvins rise);

// Hydraulic power over efficiency: Q dp / eta, at design flow.
Watts pump_power(CubicMetresPerSecond flow, Pascals loss, double efficiency);

// The loss of the loop grows with the square of the flow, so that the power grows with its cube.
Watts pump_power_at(Watts design, double flow_over_design);

// Units that carry `heat` with one of them out.
double coolant_units(Watts heat, Watts each);

}  // namespace interposer::planner
