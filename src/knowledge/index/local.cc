#include "knowledge/index/local.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <mutex>

#include "knowledge/records/codec.h"
#include "knowledge/text/analyzer.h"

namespace interposer::knowledge {
namespace {

constexpr std::uint64_t kFormat = 0x49505301;  // "IPS" 1
constexpr std::size_t kChecksumBytes = 8;

}  // namespace

void LocalIndex::add(const IndexItem& item) {
  const auto terms = analyse_terms(item.text);  // outside of the lock
  const std::unique_lock lock(mutex_);
  if (ordinals_.contains(item.chunk)) return;
  const Ordinal ordinal = lexical_.add(terms);
  chunk_of_.push_back(item.chunk);
  document_of_.push_back(item.document);
  ordinals_.emplace(item.chunk, ordinal);
  ++chunks_of_document_[item.document];
}

void LocalIndex::remove(std::int64_t chunk, std::string_view text) {
  const auto terms = analyse_terms(text);
  const std::unique_lock lock(mutex_);
  const auto entry = ordinals_.find(chunk);
  if (entry == ordinals_.end()) return;
  lexical_.remove(entry->second, terms);
  vectors_.remove(entry->second);
  const auto document = chunks_of_document_.find(document_of_[entry->second]);
  if (--document->second == 0) chunks_of_document_.erase(document);
  ordinals_.erase(entry);
}

void LocalIndex::set_vector(std::int64_t chunk, std::span<const std::uint16_t> half) {
  const std::unique_lock lock(mutex_);
  if (const auto ordinal = ordinal_of(chunk)) vectors_.set(*ordinal, half);
}

void LocalIndex::forget_vectors() {
  const std::unique_lock lock(mutex_);
  vectors_.clear();
}

std::optional<LocalIndex::Ordinal> LocalIndex::ordinal_of(std::int64_t chunk) const {
  const auto entry = ordinals_.find(chunk);
  if (entry == ordinals_.end()) return std::nullopt;
  return entry->second;
}

std::vector<Found> LocalIndex::found(const std::vector<LexicalIndex::Scored>& scored) const {
  std::vector<Found> out;
  out.reserve(scored.size());
  for (const auto& s : scored)
    out.push_back({chunk_of_[s.ordinal], document_of_[s.ordinal], s.score});
  return out;
}

std::vector<Found> LocalIndex::lexical(const std::vector<std::string>& terms, std::size_t k) const {
  const std::shared_lock lock(mutex_);
  return found(lexical_.search(terms, k));
}

std::vector<Found> LocalIndex::nearest(std::span<const float> query, std::size_t k) const {
  const std::shared_lock lock(mutex_);
  return found(vectors_.search(query, k));
}

double LocalIndex::lexical_score(const std::vector<std::string>& terms, std::int64_t chunk) const {
  const std::shared_lock lock(mutex_);
  const auto ordinal = ordinal_of(chunk);
  return ordinal ? lexical_.score(terms, *ordinal) : 0;
}

std::optional<double> LocalIndex::vector_score(std::span<const float> query,
                                               std::int64_t chunk) const {
  const std::shared_lock lock(mutex_);
  const auto ordinal = ordinal_of(chunk);
  if (!ordinal || !vectors_.has(*ordinal) || query.size() != vectors_.dimensions())
    return std::nullopt;
  return vectors_.score(query, *ordinal);
}

LexicalIndex::TermFacts LocalIndex::facts(const std::string& term) const {
  const std::shared_lock lock(mutex_);
  return lexical_.facts(term);
}

IndexCounts LocalIndex::counts() const {
  const std::shared_lock lock(mutex_);
  return {static_cast<std::int64_t>(lexical_.size()), static_cast<std::int64_t>(vectors_.size()),
          static_cast<std::int64_t>(chunks_of_document_.size())};
}

std::vector<std::int64_t> LocalIndex::chunks() const {
  const std::shared_lock lock(mutex_);
  std::vector<std::int64_t> all;
  all.reserve(ordinals_.size());
  for (Ordinal i = 0; i < chunk_of_.size(); ++i)
    if (lexical_.alive(i)) all.push_back(chunk_of_[i]);
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<std::int64_t> LocalIndex::without_vector(std::size_t limit) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::int64_t> all;
  if (vectors_.size() == lexical_.size()) return all;
  for (Ordinal i = 0; i < chunk_of_.size() && all.size() < limit; ++i)
    if (lexical_.alive(i) && !vectors_.has(i)) all.push_back(chunk_of_[i]);
  return all;
}

std::string LocalIndex::serialize(const std::string& model) const {
  const std::shared_lock lock(mutex_);
  Writer out;
  out.number(kFormat);
  out.number(kAnalyzerVersion);
  out.text(model);
  out.text(lexical_.serialize());
  std::int64_t last = 0;
  for (Ordinal i = 0; i < chunk_of_.size(); ++i) {
    if (!lexical_.alive(i)) continue;
    out.integer(chunk_of_[i] - last);
    out.integer(document_of_[i]);
    last = chunk_of_[i];
  }
  for (Ordinal i = 0; i < chunk_of_.size(); ++i) {
    if (!lexical_.alive(i)) continue;
    const auto half = vectors_.has(i) ? vectors_.at(i) : std::span<const std::uint16_t>();
    out.text({reinterpret_cast<const char*>(half.data()), half.size_bytes()});
  }
  std::string bytes = out.take();
  const std::uint64_t sum = XXH3_64bits(bytes.data(), bytes.size());
  bytes.append(reinterpret_cast<const char*>(&sum), kChecksumBytes);
  return bytes;
}

void LocalIndex::clear() {
  lexical_ = LexicalIndex();
  vectors_.clear();
  chunk_of_.clear();
  document_of_.clear();
  ordinals_.clear();
  chunks_of_document_.clear();
}

bool LocalIndex::load(std::string_view bytes, const std::string& model) {
  const std::unique_lock lock(mutex_);
  clear();
  if (bytes.size() < kChecksumBytes) return false;
  std::uint64_t sum = 0;
  std::memcpy(&sum, bytes.data() + bytes.size() - kChecksumBytes, kChecksumBytes);
  bytes.remove_suffix(kChecksumBytes);
  if (XXH3_64bits(bytes.data(), bytes.size()) != sum) return false;
  Reader in(bytes);
  if (in.number() != kFormat || in.number() != kAnalyzerVersion) return false;
  const bool same_model = in.text() == model;
  if (!lexical_.load(in.text())) return false;
  std::int64_t last = 0;
  for (Ordinal i = 0; i < lexical_.slots(); ++i) {
    chunk_of_.push_back(last += in.integer());
    document_of_.push_back(in.integer());
    ordinals_.emplace(last, i);
    ++chunks_of_document_[document_of_.back()];
  }
  std::vector<std::uint16_t> half;
  for (Ordinal i = 0; i < lexical_.slots(); ++i) {
    const std::string_view vector = in.text();
    if (vector.empty() || !same_model) continue;
    half.resize(vector.size() / sizeof(std::uint16_t));
    std::memcpy(half.data(), vector.data(), half.size() * sizeof(std::uint16_t));
    vectors_.set(i, half);
  }
  if (in.ok() && in.at_end()) return true;
  clear();
  return false;
}

}  // namespace interposer::knowledge
