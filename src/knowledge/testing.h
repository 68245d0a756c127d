// For tests: an embedder without a model, and bases in temporary homes.
#pragma once

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/temp_dir.h"
#include "knowledge/knowledge.h"
#include "knowledge/text/analyzer.h"

#ifndef INTERPOSER_SOURCE_DIR
#define INTERPOSER_SOURCE_DIR "."  // the build sets it for tests
#endif

namespace interposer::knowledge {

// Hashed bags of terms: texts that share words are near. Counts what it is asked.
class HashingEmbedder final : public Embedder {
 public:
  explicit HashingEmbedder(std::string id = "hashing-64") : id_(std::move(id)) {}
  std::string id() const override { return id_; }
  int dimensions() const override { return kDimensions; }
  Result<std::vector<std::vector<float>>> embed(const std::vector<std::string>& texts,
                                                Purpose purpose, std::stop_token) override {
    if (fail) return make_error(Code::kUnavailable, "the test's embedder is down");
    if (purpose == Purpose::kPassage) passages += static_cast<int>(texts.size());
    std::vector<std::vector<float>> out;
    for (const auto& text : texts) {
      std::vector<float> v(kDimensions, 0);
      for (const auto& term : analyse_terms(text)) {
        const std::size_t h = std::hash<std::string>{}(term);
        v[h % kDimensions] += (h >> 32U & 1U) != 0 ? 1.0F : -1.0F;
      }
      float norm = 1e-6F;
      for (const float x : v) norm += x * x;
      for (float& x : v) x /= std::sqrt(norm);
      out.push_back(std::move(v));
    }
    return out;
  }
  static constexpr int kDimensions = 64;
  std::atomic<int> passages = 0;
  std::atomic<bool> fail = false;

 private:
  std::string id_;
};

// Where the shared test data lies; empty when it is absent.
inline std::string test_data(const std::string& below) {
  std::string root = std::string(INTERPOSER_SOURCE_DIR) + "/../shared/data";
  if (const char* set = std::getenv("INTERPOSER_TEST_DATA")) root = set;  // NOLINT: tests
  const std::string path = root + "/" + below;
  return std::filesystem::exists(path) ? path : std::string();
}

inline void write_file(const std::string& path, const std::string& bytes) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace interposer::knowledge
