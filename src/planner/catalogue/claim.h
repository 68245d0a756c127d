// The planner's data is a ledger of claims, not a table of facts: who said which number, when,
// where and how sure. Values that disagree stay side by side; `use` says which of them a plan draws
// from, and `why`.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "planner/units/quantity.h"
#include "planner/units/unit.h"

namespace interposer::planner {

enum class Kind : std::uint8_t {
  kDatasheet,
  kMeasured,
  kPress,
  kAnalyst,
  kDerived,
  kVendor,
  kQuote
};
enum class Density : std::uint8_t { kNone, kDense, kSparse, kUnstated };  // of a compute peak
std::string_view kind_name(Kind kind);
std::string_view density_name(Density density);

struct Provenance {
  std::string source;   // id in data/sources.yaml
  std::string date;     // 2026-04-03, 2026-04 or 2026: of the statement
  bool seen = false;    // the source bears no date; `date` is when it was read
  std::string locator;  // where in the source: file and key, table and row, paragraph
  Kind kind = Kind::kPress;
  char confidence = 'C';  // A vendor documentation or audit, B agreeing or kept data, C one
                          // secondary source, D a vendor's claim that nobody else has measured
};

struct Claim {
  double low = 0;  // base units; low == high: a point
  double high = 0;
  Unit unit;  // as written
  Density density = Density::kNone;
  Provenance from;
  std::string note;
  std::string where;               // "boards/h100_sxm.yaml:14"
  std::vector<std::string> flags;  // what the sanity rules say against it (sanity.h)
  bool point() const { return low == high; }
  double middle() const { return (low + high) / 2; }
};

// One quantity of a card. `used` holds the indices of the claims that plans draw from; each of them
// is equally likely. Empty `used`: no claim stands, so the quantity is blank.
struct Field {
  std::string id;    // "boards/h100_sxm/memory"
  std::string name;  // "memory"
  Dimension dimension;
  std::vector<Claim> claims;
  std::vector<std::size_t> used;
  std::string why;  // of `used`; required where more than one claim stands
  std::string where;
  bool blank() const { return used.empty(); }
};

// A statement without a number: "process: TSMC 4N".
struct Fact {
  std::string name;
  std::string text;
  Provenance from;
  std::string where;
};

// An edge of the supply graph: `from` supplies `to`.
struct Link {
  std::string from, to;                 // ids of companies
  std::string product;                  // "EUV optics"
  std::string layer;                    // "lithography"
  bool only = false;                    // no other supplier of this product is known
  bool reported = false;                // press says so, neither party has confirmed it
  std::vector<std::string> for_boards;  // only these boards' supply (empty: all of `to`)
  std::optional<Field> share;           // of what `to` takes of this product
  Provenance stated;
  std::string where;
};

struct Source {
  std::string id, title, publisher;
  std::string where;
};

}  // namespace interposer::planner
