// The catalogue: boards, memory, networks, materials, foundries, designs, power, grid, cooling,
// sites, companies and prices, each a card of claims (claim.h). The files of data/ are compiled
// into the binary as text and parsed when a plan first asks, so that start-up parses none.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "planner/catalogue/claim.h"

namespace interposer::planner {

struct Card {
  std::string folder;  // "boards"
  std::string id;      // "h100_sxm"
  std::string title;   // "H100 SXM"
  std::vector<std::string> aliases;
  std::map<std::string, std::string> tags;  // maker, class, layer, region, ...: names, no numbers
  std::vector<Fact> facts;
  std::vector<Field> fields;
  std::vector<Field> results;  // published results: shown beside a plan, never an input of one
  std::string where;

  const Field* field(std::string_view name) const;  // nullptr: nobody claims it (it is blank)
  const Fact* fact(std::string_view name) const;
  std::string tag(std::string_view name) const;  // empty when absent
  std::string path() const { return folder + "/" + id; }
};

struct TextFile {
  std::string_view path;  // "boards/h100_sxm.yaml": its folder says what it holds
  std::string_view text;
};

inline constexpr std::size_t kCatalogueFilesMax = 1000;  // files
inline constexpr std::size_t kClaimsPerFieldMax = 64;    // claims

class Catalogue {
 public:
  // Errors name file and line: unknown keys and fields (with the nearest), missing units, sources,
  // dates or locators, units of another kind than the field's, contested values without `why`,
  // unknown ids.
  static Result<Catalogue> parse(std::span<const TextFile> files,
                                 std::span<const TextFile> overlays = {});

  // The compiled-in catalogue with a person's own files over it: a field that stands in an overlay
  // takes the place of the catalogue's (all of its claims), new cards are added. An overlay says
  // with `folder: sites` what its cards are.
  static Result<Catalogue> with(std::span<const TextFile> overlays);

  // What is compiled in, parsed once, at first use; thread-safe; lives for the whole program.
  static Result<const Catalogue*> builtin();

  std::vector<const Card*> cards(std::string_view folder) const;           // in order of id
  const Card* find(std::string_view folder, std::string_view name) const;  // id, title or alias
  // As find, but an error with the nearest names.
  Result<const Card*> get(std::string_view folder, std::string_view name) const;
  // "boards/h100_sxm/memory" -> the field of that id; nullptr when there is none.
  const Field* field(std::string_view id) const;
  const Source* source(std::string_view id) const;
  const std::vector<Link>& links() const { return links_; }
  std::vector<const Source*> sources() const;
  const std::string& digest() const { return digest_; }  // of all texts: names a plan's inputs

  std::vector<Card>& mutable_cards() { return cards_; }  // for quotes and tests

 private:
  friend class CatalogueReader;
  std::vector<Card> cards_;  // sorted by folder and id
  std::vector<Link> links_;
  std::map<std::string, Source, std::less<>> sources_;
  std::string digest_;
};

// The compiled-in files (embedded.cc).
std::span<const TextFile> embedded_files();

}  // namespace interposer::planner
