#include "planner/hall/quotes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/config.h"
#include "planner/catalogue/schema.h"

namespace interposer::planner {
namespace {

constexpr std::string_view kQuoted[] = {"price", "rent", "lead_time", "power_provisioned"};

struct Quote {
  std::string board, from, date;
  std::map<std::string, Claim> claims;  // by field
};

Result<Claim> read_offer(const config::Node& node, const FieldRule& rule, const Quote& quote) {
  IP_TRY(const std::string text, node.text());
  auto value = parse_quantity(text, rule.dimension);
  if (!value) return node.error(value.error().message, value.error().remedy);
  if (!(*value > 0)) return node.error("an offer is above 0");
  Claim claim;
  claim.low = claim.high = *value;
  claim.unit = readable_unit(rule.dimension, *value);
  claim.where = node.where();
  claim.from = {"quote of " + quote.from, quote.date, false, node.where(), Kind::kQuote, 'A'};
  return claim;
}

Result<Quote> read_quote(const config::Node& node) {
  Quote quote;
  config::Section section(node);
  section.read("board", &quote.board).require("board");
  section.read("from", &quote.from).require("from");
  section.read("date", &quote.date).require("date");
  for (const std::string_view name : kQuoted) {
    section.node(name, [&](const config::Node& offer) -> Status {
      IP_TRY(quote.claims[std::string(name)],
             read_offer(offer, *field_rule("boards", name), quote));
      return {};
    });
  }
  IP_OK(section.finish());
  if (quote.claims.empty()) {
    return node.error("the quote offers nothing",
                      "give price, rent, lead_time or power_provisioned");
  }
  return quote;
}

}  // namespace

Status apply_quotes(std::string_view text, const std::string& file, Catalogue* catalogue) {
  IP_TRY(const config::Document document, config::parse(text, file));
  config::Section top(document.root());
  std::map<std::string, Field> fields;  // by id: all quotes of one board and field
  top.require("quotes").each("quotes", [&](const std::string&, const config::Node& node) -> Status {
    IP_TRY(const Quote quote, read_quote(node));
    auto card = catalogue->get("boards", quote.board);
    if (!card) return node.error(card.error().message, card.error().remedy);
    for (const auto& [name, claim] : quote.claims) {
      Field& field = fields[(*card)->path() + "/" + name];
      field.id = (*card)->path() + "/" + name;
      field.name = name;
      field.dimension = claim.unit.dimension;
      field.where = node.where();
      field.why = "quotes that the person holds take the place of what others claim";
      if (field.claims.size() >= kQuotesMax) return node.error("too many quotes");
      field.used.push_back(field.claims.size());
      field.claims.push_back(claim);
    }
    return {};
  });
  IP_OK(top.finish());
  for (Card& card : catalogue->mutable_cards()) {
    if (card.folder != "boards") continue;
    for (const std::string_view name : kQuoted) {
      const auto quoted = fields.find(card.path() + "/" + std::string(name));
      if (quoted == fields.end()) continue;
      std::erase_if(card.fields, [&](const Field& field) { return field.name == name; });
      card.fields.push_back(std::move(quoted->second));
    }
  }
  return {};
}

}  // namespace interposer::planner
