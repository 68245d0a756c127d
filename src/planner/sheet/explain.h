// A sheet for people and for machines: a table of quantiles, JSON, and the walk from a number to
// its formulas and the claims at their ends.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "planner/sheet/sheet.h"

namespace interposer::planner {

// name, what it is, p5, p50, p95, driver; one row a number whose name begins with one of `prefixes`
// (all of them without any), blank ones with their reason.
std::vector<std::vector<std::string>> table_rows(const Sheet& sheet,
                                                 const std::vector<std::string>& prefixes = {});

// {"numbers": [{name, what, unit, p5, p50, p95, blank, formula, inputs, drivers, claims}],
//  "catalogue": digest}; values in base units of `unit`.
std::string sheet_json(const Sheet& sheet, const Catalogue& catalogue);

// The tree below `name`; kNotFound with the nearest names. A field of the catalogue
// ("boards/h100_sxm/memory") is explained as well.
Result<std::string> explain_text(const Sheet& sheet, const Catalogue& catalogue,
                                 std::string_view name);
Result<std::string> explain_field(const Catalogue& catalogue, std::string_view id);

// "80 GB", "300 to 370 $": a claim as it was written.
std::string claim_value(const Claim& claim);
// "aiconfigurator, 2026-08-21, systems/h100_sxm.yaml: gpu.power (datasheet, A)".
std::string claim_source(const Claim& claim, const Catalogue& catalogue);

}  // namespace interposer::planner
