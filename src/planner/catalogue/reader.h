// Reads one catalogue file into cards, links and sources. Inner to the catalogue.
#pragma once

#include <string>

#include "base/config.h"
#include "planner/catalogue/catalogue.h"

namespace interposer::planner {

// source, date | seen, locator, kind, confidence of a statement; adds their keys to `section`.
Result<Provenance> read_provenance(config::Section* section, const config::Node& node, bool number);

// {claims: [...], use: all | N | [N, ...], why: ...}, or just a list of claims. `dimension` null:
// any (published results).
Result<Field> read_field(const std::string& path, const std::string& name,
                         const Dimension* dimension, const config::Node& node);

Result<Claim> read_claim(const Dimension* dimension, const config::Node& node);
Result<Link> read_link(const config::Node& node);
Result<Source> read_source(const std::string& id, const config::Node& node);
Result<Card> read_card(const std::string& folder, const std::string& id, const config::Node& node);

}  // namespace interposer::planner
