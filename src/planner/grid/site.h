// A site before there is a hall: substation, transformers, the date of its first watt.
#pragma once

#include <optional>
#include <string>

#include "planner/sheet/sheet.h"

namespace interposer::planner {

struct SiteOptions {
  Watts it{0};  // IT power to be
  std::string site;
  std::optional<double> pue;
  std::string cooling = "direct_to_chip";
  std::optional<double> power_factor;
  double utilisation = 0.8;          // of a transformer at the peak
  std::optional<Watts> transformer;  // rating of one, VA
};

// Fills numbers "site.*": facility power, substation VA, transformers with one spare, lead times,
// the time to the first watt (the latest of them) and the share of the draws in which each is the
// last.
Status add_site(const Catalogue& catalogue, const SiteOptions& options, Sheet* sheet);

}  // namespace interposer::planner
