// What search needs of an index; the one in this process (index/local.h) can be replaced by a
// remote one. Fusion, documents and citations stay outside. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "knowledge/index/lexical.h"

namespace interposer::knowledge {

struct IndexItem {
  std::int64_t chunk = 0, document = 0;  // record ids; chunks come in ascending order
  std::string_view text;                 // with its context
};

struct Found {
  std::int64_t chunk = 0, document = 0;
  double score = 0;
};

struct IndexCounts {
  std::int64_t chunks = 0, vectors = 0, documents = 0;
};

class Index {
 public:
  virtual ~Index() = default;
  virtual void add(const IndexItem& item) = 0;
  virtual void remove(std::int64_t chunk, std::string_view text) = 0;  // the text it was added with
  virtual void set_vector(std::int64_t chunk, std::span<const std::uint16_t> half) = 0;
  virtual void forget_vectors() = 0;

  // The best k, best first; exact. Terms are analysed ones.
  virtual std::vector<Found> lexical(const std::vector<std::string>& terms,
                                     std::size_t k) const = 0;
  // By inner product. Exact up to kFlatVectors vectors, above that by 1-bit codes and rescoring.
  virtual std::vector<Found> nearest(std::span<const float> query, std::size_t k) const = 0;
  virtual double lexical_score(const std::vector<std::string>& terms, std::int64_t chunk) const = 0;
  virtual std::optional<double> vector_score(std::span<const float> query,
                                             std::int64_t chunk) const = 0;

  virtual LexicalIndex::TermFacts facts(const std::string& term) const = 0;
  virtual IndexCounts counts() const = 0;
  virtual std::vector<std::int64_t> chunks() const = 0;                           // ascending
  virtual std::vector<std::int64_t> without_vector(std::size_t limit) const = 0;  // ascending
};

}  // namespace interposer::knowledge
