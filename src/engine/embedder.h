// Embeddings for callers that block and bring many texts: the ingest of documents.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace interposer::engine {

class ModelHost;

// Thread-safe; yields to interactive requests for the same model. Holds the model's host, which
// must outlive it (Engine::embedder gives one that the engine outlives).
class Embedder {
 public:
  explicit Embedder(ModelHost* host) : host_(host) {}

  // One row of unit length a text, in order. Blocks; loads the model when needed. A text longer
  // than the model takes is cut into windows of that many tokens, and its row is the mean of
  // theirs, weighted by their tokens: nothing of it is dropped. An empty text gets a row of zeros.
  // kCancelled after a stop request.
  Result<std::vector<std::vector<float>>> embed(const std::vector<std::string>& texts,
                                                std::stop_token stop) const;

  // Names the weights: the same wherever the file lies. Vectors of different identities must not
  // be compared.
  Result<std::string> identity() const;
  Result<std::int64_t> dimensions() const;

 private:
  ModelHost* host_;
};

}  // namespace interposer::engine
