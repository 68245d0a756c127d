// BM25 over chunks, in memory, exact: MaxScore skips only what cannot be among the best k, so that
// its answer equals that of scoring everything. Not thread-safe (index/local.h adds the lock).
//   score = sum over terms of idf * tf / (tf + k1 (1 - b + b dl/avgdl)),
//   idf = ln(1 + (N - df + 0.5) / (df + 0.5))      Robertson, Zaragoza 2009
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace interposer::knowledge {

struct Bm25 {
  double k1 = 0.9;
  double b = 0.4;
};

class LexicalIndex {
 public:
  using Ordinal = std::uint32_t;  // ascending in order of adding
  struct Scored {
    Ordinal ordinal = 0;
    double score = 0;
  };
  struct TermFacts {
    double idf = 0;
    std::int64_t chunks = 0;
  };

  explicit LexicalIndex(Bm25 parameters = {}) : parameters_(parameters) {}

  Ordinal add(const std::vector<std::string>& terms);
  // `terms` are those that it was added with.
  void remove(Ordinal ordinal, const std::vector<std::string>& terms);
  bool alive(Ordinal ordinal) const { return ordinal < alive_.size() && alive_[ordinal]; }
  std::size_t size() const { return live_; }
  std::size_t slots() const { return alive_.size(); }

  // The best k, best first; equal scores in order of adding.
  std::vector<Scored> search(const std::vector<std::string>& terms, std::size_t k) const;
  std::vector<Scored> search_exhaustive(const std::vector<std::string>& terms, std::size_t k) const;
  double score(const std::vector<std::string>& terms, Ordinal ordinal) const;
  TermFacts facts(const std::string& term) const;

  // What is alive, as bytes that depend on nothing else (ordinals are renumbered).
  std::string serialize() const;
  // False when the bytes are not of this format; then the index is as it was.
  bool load(std::string_view bytes);

 private:
  static constexpr std::size_t kBlock = 128;
  struct Block {
    std::uint16_t max_tf = 0;
    std::uint32_t min_length = UINT32_MAX;
  };
  struct Postings {
    std::vector<Ordinal> ordinals;
    std::vector<std::uint16_t> tfs;
    std::vector<Block> blocks;  // bounds of each kBlock postings
    std::uint32_t live = 0;     // without the removed
    void push(Ordinal ordinal, std::uint16_t tf, std::uint32_t length);
  };
  struct Wanted;

  std::vector<Wanted> wanted(const std::vector<std::string>& terms) const;
  double average_length() const;
  double idf(std::uint32_t df) const;
  double part(const Wanted& w, std::size_t posting, double average) const;
  double bound(const Postings& postings, double average) const;
  double saturation(double tf, double length, double average) const;

  Bm25 parameters_;
  std::unordered_map<std::string, std::uint32_t> dictionary_;
  std::vector<Postings> postings_;
  std::vector<std::uint32_t> lengths_;  // of each ordinal
  std::vector<bool> alive_;
  std::size_t live_ = 0;
  std::uint64_t total_length_ = 0;  // of the live
};

}  // namespace interposer::knowledge
