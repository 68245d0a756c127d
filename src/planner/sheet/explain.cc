#include "planner/sheet/explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/strings.h"
#include "planner/catalogue/schema.h"

namespace interposer::planner {
namespace {

constexpr int kDepthMax = 40;  // levels of a tree that is shown

std::string in_unit(double base, const Unit& unit) { return format_in(base, unit); }

std::string quantiles(const Sheet& sheet, int index) {
  const Number& number = sheet.number(index);
  if (!number.blank.empty()) return "blank: " + number.blank;
  const Range range = sheet.range(index);
  const Unit unit = readable_unit(number.dimension, range.p50);
  if (number.fixed()) return in_unit(range.p50, unit);
  return fmt::format("{} [{} to {}]", in_unit(range.p50, unit), in_unit(range.p5, unit),
                     in_unit(range.p95, unit));
}

void claims_of(const Field& field, const Catalogue& catalogue, const std::string& indent,
               std::string* out) {
  for (std::size_t i = 0; i < field.claims.size(); ++i) {
    const Claim& claim = field.claims[i];
    const bool used = std::find(field.used.begin(), field.used.end(), i) != field.used.end();
    *out += fmt::format("{}{} {}: {}\n", indent, used ? "*" : "-", claim_value(claim),
                        claim_source(claim, catalogue));
    if (!claim.note.empty()) *out += fmt::format("{}    note: {}\n", indent, claim.note);
    for (const std::string& flag : claim.flags) {
      *out += fmt::format("{}    implausible: {}\n", indent, flag);
    }
  }
  if (!field.why.empty()) *out += fmt::format("{}why: {}\n", indent, field.why);
}

void walk(const Sheet& sheet, const Catalogue& catalogue, int index, int depth,
          std::vector<char>* seen, std::string* out) {
  const Number& number = sheet.number(index);
  const std::string indent(static_cast<std::size_t>(2 * depth), ' ');
  *out += fmt::format("{}{} = {}", indent, number.name, quantiles(sheet, index));
  if (!number.what.empty()) *out += "  (" + number.what + ")";
  *out += '\n';
  if ((*seen)[static_cast<std::size_t>(index)]) {
    if (!number.inputs.empty()) *out += indent + "  explained above\n";
    return;
  }
  (*seen)[static_cast<std::size_t>(index)] = 1;
  if (number.field != nullptr) {
    claims_of(*number.field, catalogue, indent + "  ", out);
  } else if (number.origin == Origin::kFormula) {
    *out += fmt::format("{}  = {}\n", indent, number.formula);
  } else if (number.origin == Origin::kBounded) {
    *out += fmt::format("{}  unknown: {}\n", indent, number.formula);
  } else if (number.origin == Origin::kGiven && number.blank.empty()) {
    *out += indent + "  given\n";
  }
  if (depth >= kDepthMax) return;
  for (const int input : number.inputs) walk(sheet, catalogue, input, depth + 1, seen, out);
}

void write_drivers(const Sheet& sheet, int index, JsonWriter* json) {
  json->key("drivers").begin_array();
  for (const Driver& driver : sheet.drivers(index)) {
    json->begin_object().field("name", sheet.number(driver.index).name);
    json->field("share", driver.share).end_object();
  }
  json->end_array();
}

void write_claims(const Field& field, const Catalogue& catalogue, JsonWriter* json) {
  json->key("claims").begin_array();
  for (std::size_t i = 0; i < field.claims.size(); ++i) {
    const Claim& claim = field.claims[i];
    const bool used = std::find(field.used.begin(), field.used.end(), i) != field.used.end();
    json->begin_object().field("value", claim_value(claim)).field("used", used);
    json->field("source", claim_source(claim, catalogue)).field("where", claim.where);
    json->key("flags").begin_array();
    for (const std::string& flag : claim.flags) json->string(flag);
    json->end_array().end_object();
  }
  json->end_array();
}

}  // namespace

std::string claim_value(const Claim& claim) {
  const double low = claim.low / claim.unit.scale;
  const double high = claim.high / claim.unit.scale;
  const std::string unit = claim.unit.text == "1" ? "" : " " + claim.unit.text;
  std::string density;
  if (claim.density == Density::kSparse) density = " sparse";
  if (claim.density == Density::kUnstated) density = " (density unstated)";
  if (claim.point()) return format_number(low) + unit + density;
  return fmt::format("{} to {}{}{}", format_number(low), format_number(high), unit, density);
}

std::string claim_source(const Claim& claim, const Catalogue& catalogue) {
  const Source* source = catalogue.source(claim.from.source);
  return fmt::format(
      "{} ({}), {}{}, {} [{}, {}]", source != nullptr ? source->title : claim.from.source,
      source != nullptr ? source->publisher : "?", claim.from.seen ? "seen " : "", claim.from.date,
      claim.from.locator, kind_name(claim.from.kind), claim.from.confidence);
}

std::vector<std::vector<std::string>> table_rows(const Sheet& sheet,
                                                 const std::vector<std::string>& prefixes) {
  std::vector<std::vector<std::string>> rows = {
      {"number", "what", "p5", "p50", "p95", "driven by"}};
  for (std::size_t i = 0; i < sheet.numbers().size(); ++i) {
    const int index = static_cast<int>(i);
    const Number& number = sheet.number(index);
    const bool wanted =
        prefixes.empty() ||
        std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& prefix) {
          return std::string_view(number.name).starts_with(prefix);
        });
    if (!wanted) continue;
    if (!number.blank.empty()) {
      rows.push_back({number.name, number.what, "", "blank", "", number.blank});
      continue;
    }
    const Range range = sheet.range(index);
    const Unit unit = readable_unit(number.dimension, range.p50);
    std::string driver;
    if (number.origin == Origin::kFormula) {
      for (const Driver& d : sheet.drivers(index, 1)) {
        driver = fmt::format("{} ({:.0f} %)", sheet.number(d.index).name, 100 * d.share);
      }
    }
    rows.push_back({number.name, number.what, in_unit(range.p5, unit), in_unit(range.p50, unit),
                    in_unit(range.p95, unit), driver});
  }
  return rows;
}

std::string sheet_json(const Sheet& sheet, const Catalogue& catalogue) {
  JsonWriter json;
  json.begin_object().field("catalogue", catalogue.digest());
  json.field("draws", static_cast<std::uint64_t>(sheet.size())).key("numbers").begin_array();
  for (std::size_t i = 0; i < sheet.numbers().size(); ++i) {
    const int index = static_cast<int>(i);
    const Number& number = sheet.number(index);
    json.begin_object().field("name", number.name).field("what", number.what);
    json.field("unit", dimension_text(number.dimension));
    if (number.blank.empty()) {
      const Range range = sheet.range(index);
      json.field("p5", range.p5).field("p50", range.p50).field("p95", range.p95);
    } else {
      json.field("blank", number.blank);
    }
    if (!number.formula.empty()) json.field("formula", number.formula);
    json.key("inputs").begin_array();
    for (const int input : number.inputs) json.string(sheet.number(input).name);
    json.end_array();
    if (number.origin == Origin::kFormula) write_drivers(sheet, index, &json);
    if (number.field != nullptr) write_claims(*number.field, catalogue, &json);
    json.end_object();
  }
  json.end_array().end_object();
  return json.take();
}

Result<std::string> explain_field(const Catalogue& catalogue, std::string_view id) {
  const auto parts = split(id, '/');
  if (parts.size() != 3) {
    return make_error(Code::kInvalidArgument, fmt::format("'{}' names no field", id),
                      "write boards/h100_sxm/memory");
  }
  IP_TRY(const Card* card, catalogue.get(parts[0], parts[1]));
  const Field* field = card->field(parts[2]);
  for (const Field& result : card->results) {
    if (field == nullptr && result.name == parts[2]) field = &result;
  }
  if (field == nullptr) {
    std::vector<std::string> names;
    for (const Field& one : card->fields) names.push_back(one.name);
    const bool known = field_rule(card->folder, parts[2]) != nullptr;
    return make_error(Code::kNotFound,
                      fmt::format("{} has no claim for '{}'", card->path(), parts[2]),
                      known ? "nobody claims it: it is blank" : did_you_mean(parts[2], names));
  }
  const FieldRule* rule = field_rule(card->folder, field->name);
  std::string out = fmt::format("{}: {}\n", field->id, card->title);
  if (rule != nullptr) out += fmt::format("  {}\n", rule->meaning);
  if (rule == nullptr) out += "  a published result: shown, never an input\n";
  claims_of(*field, catalogue, "  ", &out);
  return out;
}

Result<std::string> explain_text(const Sheet& sheet, const Catalogue& catalogue,
                                 std::string_view name) {
  const int index = sheet.find(name);
  if (index < 0) {
    std::vector<std::string> names;
    for (const Number& number : sheet.numbers()) names.push_back(number.name);
    return make_error(Code::kNotFound, fmt::format("this plan has no number '{}'", name),
                      did_you_mean(name, names), "unknown_number");
  }
  std::vector<char> seen(sheet.numbers().size(), 0);
  std::string out;
  walk(sheet, catalogue, index, 0, &seen, &out);
  const auto drivers = sheet.drivers(index);
  if (!drivers.empty()) out += "driven by\n";
  for (const Driver& driver : drivers) {
    out += fmt::format("  {:3.0f} %  {}\n", 100 * driver.share, sheet.number(driver.index).name);
  }
  return out;
}

}  // namespace interposer::planner
