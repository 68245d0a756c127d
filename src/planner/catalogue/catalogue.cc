#include "planner/catalogue/catalogue.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "planner/catalogue/reader.h"
#include "planner/catalogue/sanity.h"
#include "planner/catalogue/schema.h"

namespace interposer::planner {

using config::Node;
using config::Section;

namespace {

std::uint64_t fnv(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

template <class Cards, class Name>
auto find_named(Cards& cards, const Name& name) {
  return std::find_if(cards.begin(), cards.end(), [&](const auto& it) { return it.name == name; });
}

}  // namespace

const Field* Card::field(std::string_view name) const {
  const auto found = find_named(fields, name);
  return found == fields.end() ? nullptr : &*found;
}

const Fact* Card::fact(std::string_view name) const {
  const auto found = find_named(facts, name);
  return found == facts.end() ? nullptr : &*found;
}

std::string Card::tag(std::string_view name) const {
  const auto found = tags.find(std::string(name));
  return found == tags.end() ? "" : found->second;
}

class CatalogueReader {
 public:
  Status read_file(const TextFile& file, bool overlay) {
    IP_TRY(const config::Document document, config::parse(file.text, std::string(file.path)));
    std::string folder(overlay ? "" : file.path.substr(0, file.path.find('/')));
    Section top(document.root());
    if (overlay) top.read("folder", &folder);
    top.each("sources", [&](const std::string& id, const Node& node) -> Status {
      IP_TRY(Source source, read_source(id, node));
      const auto [at, fresh] = made_.sources_.emplace(id, std::move(source));
      if (!fresh) return node.error("the source '" + id + "' also stands at " + at->second.where);
      return {};
    });
    top.each("cards", [&](const std::string& id, const Node& node) -> Status {
      const auto folders = catalogue_folders();
      if (std::find(folders.begin(), folders.end(), folder) == folders.end()) {
        return node.error("'" + folder + "' is no folder of the catalogue",
                          "write folder: boards (or sites, power, ...) at the top of the file");
      }
      IP_TRY(Card card, read_card(folder, id, node));
      const auto known = std::find_if(made_.cards_.begin(), made_.cards_.end(), [&](const Card& c) {
        return c.folder == folder && c.id == id;
      });
      if (known == made_.cards_.end()) {
        made_.cards_.push_back(std::move(card));
      } else if (!overlay) {
        return node.error("'" + card.path() + "' also stands at " + known->where);
      } else {
        lay_over(std::move(card), &*known);
      }
      return {};
    });
    top.each("links", [&](const std::string&, const Node& node) -> Status {
      IP_TRY(Link link, read_link(node));
      made_.links_.push_back(std::move(link));
      return {};
    });
    digest_ = fnv(fnv(digest_, file.path), file.text);
    return top.finish();
  }

  Result<Catalogue> finish() {
    std::sort(made_.cards_.begin(), made_.cards_.end(), [](const Card& a, const Card& b) {
      return a.folder != b.folder ? a.folder < b.folder : a.id < b.id;
    });
    for (const Card& card : made_.cards_) {
      IP_OK(check_sources(card));
    }
    for (const Link& link : made_.links_) {
      IP_OK(check_link(link));
    }
    made_.digest_ = fmt::format("{:016x}", digest_);
    flag_implausible(&made_.cards_);
    return std::move(made_);
  }

 private:
  static void lay_over(Card card, Card* known) {
    for (Field& field : card.fields) {
      const auto same = find_named(known->fields, field.name);
      if (same == known->fields.end()) {
        known->fields.push_back(std::move(field));
      } else {
        *same = std::move(field);
      }
    }
    for (Fact& fact : card.facts) {
      const auto same = find_named(known->facts, fact.name);
      if (same == known->facts.end()) {
        known->facts.push_back(std::move(fact));
      } else {
        *same = std::move(fact);
      }
    }
    for (auto& [name, value] : card.tags) known->tags[name] = value;
  }

  static Error at(const std::string& where, const std::string& message, std::string remedy = {}) {
    return make_error(Code::kInvalidArgument, where + ": " + message, std::move(remedy), "config");
  }

  Status known_source(const Provenance& from, const std::string& where) const {
    if (made_.sources_.contains(from.source)) return {};
    std::vector<std::string> ids;
    for (const auto& [id, source] : made_.sources_) ids.push_back(id);
    return at(where, "there is no source '" + from.source + "'",
              did_you_mean(from.source, ids) + " (sources/*.yaml lists them)");
  }

  Status check_sources(const Card& card) const {
    for (const Fact& fact : card.facts) {
      IP_OK(known_source(fact.from, fact.where));
    }
    for (const auto* fields : {&card.fields, &card.results}) {
      for (const Field& field : *fields) {
        for (const Claim& claim : field.claims) {
          IP_OK(known_source(claim.from, claim.where));
        }
      }
    }
    return {};
  }

  Status check_link(const Link& link) const {
    IP_OK(known_source(link.stated, link.where));
    if (link.share) {
      for (const Claim& claim : link.share->claims) {
        IP_OK(known_source(claim.from, claim.where));
      }
    }
    for (const std::string& id : {link.from, link.to}) {
      auto card = made_.get("companies", id);
      if (!card) return at(link.where, card.error().message, card.error().remedy);
    }
    for (const std::string& id : link.for_boards) {
      auto card = made_.get("boards", id);
      if (!card) return at(link.where, card.error().message, card.error().remedy);
    }
    return {};
  }

  Catalogue made_;
  std::uint64_t digest_ = 14695981039346656037ULL;
};

Result<Catalogue> Catalogue::parse(std::span<const TextFile> files,
                                   std::span<const TextFile> overlays) {
  if (files.size() + overlays.size() > kCatalogueFilesMax) {
    return make_error(Code::kTooLarge,
                      fmt::format("more than {} files in the catalogue", kCatalogueFilesMax));
  }
  CatalogueReader reader;
  for (const TextFile& file : files) {
    IP_OK(reader.read_file(file, false));
  }
  for (const TextFile& file : overlays) {
    IP_OK(reader.read_file(file, true));
  }
  return reader.finish();
}

Result<Catalogue> Catalogue::with(std::span<const TextFile> overlays) {
  return parse(embedded_files(), overlays);
}

Result<const Catalogue*> Catalogue::builtin() {
  static const Result<Catalogue> kBuiltin = parse(embedded_files());
  if (!kBuiltin) return kBuiltin.error();
  return &*kBuiltin;
}

std::vector<const Card*> Catalogue::cards(std::string_view folder) const {
  std::vector<const Card*> found;
  for (const Card& card : cards_) {
    if (card.folder == folder) found.push_back(&card);
  }
  return found;
}

const Card* Catalogue::find(std::string_view folder, std::string_view name) const {
  const Card* named = nullptr;
  for (const Card& card : cards_) {
    if (card.folder != folder) continue;
    if (card.id == name) return &card;
    bool same = equals_ignore_case(card.title, name) || equals_ignore_case(card.id, name);
    for (const std::string& alias : card.aliases) same = same || equals_ignore_case(alias, name);
    if (same && named == nullptr) named = &card;
  }
  return named;
}

Result<const Card*> Catalogue::get(std::string_view folder, std::string_view name) const {
  if (const Card* card = find(folder, name)) return card;
  std::vector<std::string> names;
  for (const Card* card : cards(folder)) {
    names.push_back(card->id);
    if (!equals_ignore_case(card->id, card->title)) names.push_back(card->title);
  }
  return make_error(Code::kNotFound, fmt::format("{} has no '{}'", folder, name),
                    did_you_mean(name, names), "unknown_card");
}

const Field* Catalogue::field(std::string_view id) const {
  const auto parts = split(id, '/');
  if (parts.size() != 3) return nullptr;
  const Card* card = find(parts[0], parts[1]);
  return card == nullptr ? nullptr : card->field(parts[2]);
}

const Source* Catalogue::source(std::string_view id) const {
  const auto found = sources_.find(id);
  return found == sources_.end() ? nullptr : &found->second;
}

std::vector<const Source*> Catalogue::sources() const {
  std::vector<const Source*> all;
  for (const auto& [id, source] : sources_) all.push_back(&source);
  return all;
}

}  // namespace interposer::planner
