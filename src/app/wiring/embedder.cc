#include "app/wiring/embedder.h"

#include <utility>

namespace interposer::app {
namespace {

class EngineEmbedder final : public knowledge::Embedder {
 public:
  EngineEmbedder(std::shared_ptr<const engine::Embedder> embedder, std::string id, int dimensions)
      : embedder_(std::move(embedder)), id_(std::move(id)), dimensions_(dimensions) {}

  std::string id() const override { return id_; }
  int dimensions() const override { return dimensions_; }

  // all-MiniLM and its kin embed queries and passages alike; a model that wants a prefix for one of
  // them is told apart by its metadata in the engine.
  Result<std::vector<std::vector<float>>> embed(const std::vector<std::string>& texts,
                                                Purpose /*purpose*/,
                                                std::stop_token stop) override {
    return embedder_->embed(texts, std::move(stop));
  }

 private:
  std::shared_ptr<const engine::Embedder> embedder_;
  std::string id_;
  int dimensions_;
};

}  // namespace

Result<std::shared_ptr<knowledge::Embedder>> make_embedder(engine::Engine* engine,
                                                           const std::string& model) {
  IP_TRY(std::shared_ptr<const engine::Embedder> embedder, engine->embedder(model));
  IP_TRY(std::string id, embedder->identity());
  IP_TRY(const std::int64_t dimensions, embedder->dimensions());
  return std::shared_ptr<knowledge::Embedder>(std::make_shared<EngineEmbedder>(
      std::move(embedder), std::move(id), static_cast<int>(dimensions)));
}

}  // namespace interposer::app
