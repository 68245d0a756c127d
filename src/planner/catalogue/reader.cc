#include "planner/catalogue/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/strings.h"
#include "planner/catalogue/schema.h"

namespace interposer::planner {

using config::Node;
using config::Section;

namespace {

constexpr double kValueMax = 1e18;  // of a written value, whatever its unit

bool is_date(std::string_view text) {  // YYYY, YYYY-MM, YYYY-MM-DD
  if (text.size() != 4 && text.size() != 7 && text.size() != 10) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 4 || i == 7;
    if (dash ? text[i] != '-' : (text[i] < '0' || text[i] > '9')) return false;
  }
  const auto part = [&](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  if (text.size() >= 7 && (part(5) < 1 || part(5) > 12)) return false;
  return text.size() < 10 || (part(8) >= 1 && part(8) <= 31);
}

const std::vector<std::string> kKinds = {"datasheet", "measured", "press", "analyst",
                                         "derived",   "vendor",   "quote"};
const std::vector<std::string> kGrades = {"A", "B", "C", "D"};
const std::vector<std::string> kDensities = {"none", "dense", "sparse", "unstated"};

Status read_value(const Node& node, Claim* claim) {
  if (node["value"].kind() == config::Kind::kNull) {
    return node.error("the claim has no value", "write value: 80, or value: [300, 370]");
  }
  const Node value = node["value"];
  if (value.kind() == config::Kind::kList) {
    const auto ends = value.items();
    if (ends.size() != 2) return value.error("a range has two ends", "write value: [300, 370]");
    IP_TRY(claim->low, ends[0].number());
    IP_TRY(claim->high, ends[1].number());
  } else {
    IP_TRY(claim->low, value.number());
    claim->high = claim->low;
  }
  const bool sane = std::isfinite(claim->low) && std::isfinite(claim->high) &&
                    std::abs(claim->low) <= kValueMax && std::abs(claim->high) <= kValueMax;
  if (!sane) return value.error("the value is out of range", "use a unit with a prefix");
  if (claim->low > claim->high) return value.error("a range goes from low to high");
  return {};
}

Status read_unit(const Dimension* dimension, const Node& node, Claim* claim) {
  const Node written = node["unit"];
  if (written.kind() == config::Kind::kNull) {
    return node.error("the unit is missing", "write unit: GB; 1 for a plain count, % for a share");
  }
  IP_TRY(const std::string text, written.text());
  auto unit = parse_unit(text);
  if (!unit) return written.error(unit.error().message, unit.error().remedy);
  if (dimension != nullptr && !(unit->dimension == *dimension)) {
    return written.error(fmt::format("'{}' is {}, here {} is wanted", text,
                                     dimension_text(unit->dimension), dimension_text(*dimension)),
                         "is it the right field, and the right unit?");
  }
  claim->unit = *std::move(unit);
  claim->low *= claim->unit.scale;
  claim->high *= claim->unit.scale;
  return {};
}

// Indices of `use`; all of them without it.
Status read_use(const Node& node, Field* field) {
  const Node use = node["use"];
  if (use.kind() == config::Kind::kNull) {
    for (std::size_t i = 0; i < field->claims.size(); ++i) field->used.push_back(i);
  } else {
    const bool list = use.kind() == config::Kind::kList;
    for (const Node& item : list ? use.items() : std::vector<Node>{use}) {
      IP_TRY(const std::int64_t index, item.integer());
      if (index < 0 || index >= static_cast<std::int64_t>(field->claims.size())) {
        return item.error(fmt::format("there is no claim {}", index),
                          "claims count from 0, in their order");
      }
      field->used.push_back(static_cast<std::size_t>(index));
    }
  }
  if (field->claims.size() > 1 && field->why.empty()) {
    return node.error(
        fmt::format("'{}' has {} claims and no 'why'", field->name, field->claims.size()),
        "say in 'why' which of them a plan draws from, and for what reason");
  }
  return {};
}

Status read_facts(const Node& facts, Card* card) {
  for (const auto& [name, node] : facts.entries()) {
    Fact fact;
    fact.name = name;
    fact.where = node.where();
    Section section(node);
    section.read("text", &fact.text).require("text");
    IP_TRY(fact.from, read_provenance(&section, node, false));
    IP_OK(section.finish());
    card->facts.push_back(std::move(fact));
  }
  return {};
}

Status read_fields(const Node& fields, bool results, Card* card) {
  for (const auto& [name, node] : fields.entries()) {
    const FieldRule* rule = results ? nullptr : field_rule(card->folder, name);
    if (rule == nullptr && !results) {
      return node.error(fmt::format("a card of {} has no '{}'", card->folder, name),
                        did_you_mean(name, field_names(card->folder)));
    }
    IP_TRY(Field field, read_field(card->path() + (results ? "/results" : ""), name,
                                   rule != nullptr ? &rule->dimension : nullptr, node));
    (results ? card->results : card->fields).push_back(std::move(field));
  }
  return {};
}

}  // namespace

std::string_view kind_name(Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }
std::string_view density_name(Density density) {
  return kDensities[static_cast<std::size_t>(density)];
}

Result<Provenance> read_provenance(Section* section, const Node& node, bool number) {
  Provenance from;
  std::string seen;
  int kind = static_cast<int>(Kind::kPress);
  int grade = 2;
  section->read("source", &from.source).require("source");
  section->read("date", &from.date).read("seen", &seen).read("locator", &from.locator);
  section->read_enum("kind", kKinds, &kind).require("kind");
  section->read_enum("confidence", kGrades, &grade).require("confidence");
  if (from.date.empty() == seen.empty()) {
    return node.error("a statement has one of 'date' and 'seen'",
                      "date: of the source; seen: when it was read, if it bears no date");
  }
  if (from.date.empty()) {
    from.date = seen;
    from.seen = true;
  }
  if (!is_date(from.date)) {
    return node.error(fmt::format("'{}' is no date", from.date), "write 2026-04-03 or 2026-04");
  }
  if (number && trim(from.locator).empty()) {
    return node.error("the locator is missing",
                      "say where in the source the number stands: file and key, table and row");
  }
  from.kind = static_cast<Kind>(kind);
  from.confidence = kGrades[static_cast<std::size_t>(grade)][0];
  return from;
}

Result<Claim> read_claim(const Dimension* dimension, const Node& node) {
  Claim claim;
  claim.where = node.where();
  Section section(node);
  int density = 0;
  section.allow("value").allow("unit").read("note", &claim.note);
  section.read_enum("density", kDensities, &density);
  if (node.kind() != config::Kind::kMap) {
    return node.error("a claim is {value, unit, source, date, locator, kind, confidence}");
  }
  IP_OK(read_value(node, &claim));
  IP_OK(read_unit(dimension, node, &claim));
  IP_TRY(claim.from, read_provenance(&section, node, true));
  IP_OK(section.finish());
  claim.density = static_cast<Density>(density);
  const bool peak = claim.unit.dimension == FlopsPerSecond::kDimension;
  if (peak && claim.density == Density::kNone) {
    return node.error("a compute peak without its density", "write density: dense or sparse");
  }
  return claim;
}

Result<Field> read_field(const std::string& path, const std::string& name,
                         const Dimension* dimension, const Node& node) {
  Field field;
  field.name = name;
  field.id = path + "/" + name;
  field.where = node.where();
  const bool list = node.kind() == config::Kind::kList;
  const Node claims = list ? node : node["claims"];
  if (!list) {
    Section section(node);
    section.allow("claims").require("claims").allow("use").read("why", &field.why);
    IP_OK(section.finish());
  }
  if (claims.kind() != config::Kind::kList || claims.items().empty()) {
    return claims.error(fmt::format("'{}' has no claims", name),
                        "list them, or leave the field out: blank stays blank");
  }
  if (claims.items().size() > kClaimsPerFieldMax) {
    return claims.error(fmt::format("more than {} claims", kClaimsPerFieldMax));
  }
  for (const Node& item : claims.items()) {
    IP_TRY(Claim claim, read_claim(dimension, item));
    if (!field.claims.empty() && !(claim.unit.dimension == field.claims[0].unit.dimension)) {
      return item.error("the claims of one field are of one kind of unit");
    }
    field.claims.push_back(std::move(claim));
  }
  field.dimension = field.claims[0].unit.dimension;
  IP_OK(read_use(list ? Node() : node, &field));
  return field;
}

Result<Link> read_link(const Node& node) {
  Link link;
  link.where = node.where();
  Section section(node);
  section.read("from", &link.from).require("from").read("to", &link.to).require("to");
  section.read("product", &link.product).require("product");
  section.read("layer", &link.layer).require("layer");
  section.read("only", &link.only).read("reported", &link.reported);
  section.read("for", &link.for_boards).allow("share");
  IP_TRY(link.stated, read_provenance(&section, node, true));
  IP_OK(section.finish());
  if (node.has("share")) {
    const Dimension plain;
    IP_TRY(Field share, read_field("links/" + link.from + "-" + link.to + "/" + link.product,
                                   "share", &plain, node["share"]));
    link.share = std::move(share);
  }
  return link;
}

Result<Source> read_source(const std::string& id, const Node& node) {
  Source source;
  source.id = id;
  source.where = node.where();
  Section section(node);
  section.read("title", &source.title).require("title");
  section.read("publisher", &source.publisher).require("publisher");
  IP_OK(section.finish());
  return source;
}

Result<Card> read_card(const std::string& folder, const std::string& id, const Node& node) {
  Card card;
  card.folder = folder;
  card.id = id;
  card.where = node.where();
  Section section(node);
  section.read("title", &card.title).require("title").read("aliases", &card.aliases);
  section.each("tags", [&](const std::string& name, const Node& value) -> Status {
    IP_TRY(card.tags[name], value.text());
    return {};
  });
  section.node("facts", [&](const Node& facts) { return read_facts(facts, &card); });
  section.node("fields", [&](const Node& fields) { return read_fields(fields, false, &card); });
  section.node("results", [&](const Node& fields) { return read_fields(fields, true, &card); });
  IP_OK(section.finish());
  return card;
}

}  // namespace interposer::planner
