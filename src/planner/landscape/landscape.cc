#include "planner/landscape/landscape.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/strings.h"
#include "planner/sheet/explain.h"

namespace interposer::planner {
namespace {

constexpr std::size_t kSaidMax = 3;  // fields and facts shown of one entry

void say(const Catalogue& catalogue, const Card& card, LandscapeEntry* entry) {
  std::vector<std::string> said;
  for (const Fact& fact : card.facts) {
    said.push_back(fact.name + ": " + fact.text);
    if (entry->source.empty()) {
      const Source* source = catalogue.source(fact.from.source);
      entry->source =
          fmt::format("{}, {}", source != nullptr ? source->publisher : "?", fact.from.date);
    }
  }
  for (const Field& field : card.fields) {
    std::vector<std::string> values;
    for (const Claim& claim : field.claims) values.push_back(claim_value(claim));
    said.push_back(field.name + ": " + join(values, " | "));
    if (entry->source.empty()) {
      const Source* source = catalogue.source(field.claims[0].from.source);
      entry->source = fmt::format("{}, {}", source != nullptr ? source->publisher : "?",
                                  field.claims[0].from.date);
    }
  }
  if (said.size() > kSaidMax) said.resize(kSaidMax);
  entry->says = join(said, "; ");
}

std::string region_of(const Catalogue& catalogue, const Card& card) {
  if (!card.tag("region").empty()) return card.tag("region");
  for (const char* tag : {"maker", "owner", "seller", "from", "company"}) {
    const Card* company = catalogue.find("companies", card.tag(tag));
    if (company != nullptr) return company->tag("region");
  }
  return "";
}

std::string status_of(const Card& card) {
  if (!card.tag("status").empty()) return card.tag("status");
  if (const Fact* access = card.fact("access")) return access->text;
  return "";
}

LandscapeEntry entry_of(const Catalogue& catalogue, const Card& card) {
  LandscapeEntry entry;
  entry.id = card.path();
  entry.title = card.title;
  entry.layer = card.folder == "boards" ? "boards" : card.tag("layer");
  entry.region = region_of(catalogue, card);
  entry.status = status_of(card);
  entry.kind = card.folder == "boards"           ? "board"
               : card.folder == "custom_silicon" ? "chip design"
               : card.folder == "power"          ? "contract"
               : entry.layer == "deal"           ? "deal"
                                                 : "company";
  if (card.folder == "boards") {  // three fields say little of a board; who may have it says more
    entry.says = card.tag("maker") + ", " + card.tag("class");
    if (const Fact* access = card.fact("access")) {
      const Source* source = catalogue.source(access->from.source);
      entry.source =
          fmt::format("{}, {}", source != nullptr ? source->publisher : "?", access->from.date);
    }
  } else {
    say(catalogue, card, &entry);
  }
  return entry;
}

bool matches(const std::string& wanted, const std::string& value) {
  if (wanted.empty() || equals_ignore_case(wanted, value)) return true;
  for (const std::string_view part : split(value, ',')) {  // "buyable, rentable"
    if (equals_ignore_case(wanted, trim(part))) return true;
  }
  return false;
}

Status known(const std::string& what, const std::string& wanted, const std::set<std::string>& all) {
  if (wanted.empty()) return {};
  for (const std::string& value : all) {
    if (matches(wanted, value)) return {};
  }
  return make_error(Code::kNotFound, fmt::format("nothing has the {} '{}'", what, wanted),
                    did_you_mean(wanted, {all.begin(), all.end()}), "landscape");
}

}  // namespace

Result<std::vector<LandscapeEntry>> landscape(const Catalogue& catalogue,
                                              const LandscapeFilter& filter) {
  std::vector<LandscapeEntry> entries;
  std::set<std::string> layers, regions, statuses;
  for (const char* folder : {"companies", "boards", "custom_silicon", "power"}) {
    for (const Card* card : catalogue.cards(folder)) {
      LandscapeEntry entry = entry_of(catalogue, *card);
      layers.insert(entry.layer);
      regions.insert(entry.region);
      statuses.insert(entry.status);
      const bool wanted = matches(filter.layer, entry.layer) &&
                          matches(filter.region, entry.region) &&
                          matches(filter.status, entry.status);
      if (wanted) entries.push_back(std::move(entry));
    }
  }
  for (auto* all : {&layers, &regions, &statuses}) all->erase("");
  IP_OK(known("layer", filter.layer, layers));
  IP_OK(known("region", filter.region, regions));
  IP_OK(known("status", filter.status, statuses));
  std::sort(entries.begin(), entries.end(), [](const LandscapeEntry& a, const LandscapeEntry& b) {
    if (a.layer != b.layer) return a.layer < b.layer;
    return a.title != b.title ? a.title < b.title : a.id < b.id;
  });
  return entries;
}

}  // namespace interposer::planner
