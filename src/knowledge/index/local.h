// The index in this process: BM25 and vectors in memory behind a reader-writer lock, kept as a
// checksummed file that is derived and can always be made again from the record store.
#pragma once

#include <shared_mutex>
#include <unordered_map>

#include "knowledge/index/index.h"
#include "knowledge/index/vectors.h"

namespace interposer::knowledge {

class LocalIndex final : public Index {
 public:
  void add(const IndexItem& item) override;
  void remove(std::int64_t chunk, std::string_view text) override;
  void set_vector(std::int64_t chunk, std::span<const std::uint16_t> half) override;
  void forget_vectors() override;
  std::vector<Found> lexical(const std::vector<std::string>& terms, std::size_t k) const override;
  std::vector<Found> nearest(std::span<const float> query, std::size_t k) const override;
  double lexical_score(const std::vector<std::string>& terms, std::int64_t chunk) const override;
  std::optional<double> vector_score(std::span<const float> query,
                                     std::int64_t chunk) const override;
  LexicalIndex::TermFacts facts(const std::string& term) const override;
  IndexCounts counts() const override;
  std::vector<std::int64_t> chunks() const override;
  std::vector<std::int64_t> without_vector(std::size_t limit) const override;

  // The whole index as bytes; the same content gives the same bytes, however it came to be.
  // `model` names the embedder whose vectors it holds.
  std::string serialize(const std::string& model) const;
  // False (and empty) when the bytes are damaged or of another format. Vectors of another model are
  // left out.
  bool load(std::string_view bytes, const std::string& model);

 private:
  using Ordinal = LexicalIndex::Ordinal;
  std::vector<Found> found(const std::vector<LexicalIndex::Scored>& scored) const;
  std::optional<Ordinal> ordinal_of(std::int64_t chunk) const;
  void clear();

  mutable std::shared_mutex mutex_;
  LexicalIndex lexical_;
  VectorIndex vectors_;
  std::vector<std::int64_t> chunk_of_, document_of_;  // by ordinal
  std::unordered_map<std::int64_t, Ordinal> ordinals_;
  std::unordered_map<std::int64_t, std::int64_t> chunks_of_document_;
};

}  // namespace interposer::knowledge
