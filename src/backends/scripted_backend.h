// A Backend that plays scripts: for tests of whatever calls backends (gateway, assistant, runs).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/backend.h"

namespace interposer::backends {

struct ScriptStep {
  Duration delay{};                 // before it
  std::vector<wire::Event> events;  // given as one Frames, unless raw is set
  std::string raw;                  // SSE frames or a body of kOpenAi
  std::optional<Error> error;       // ends the answer
  bool stall = false;               // waits until it is stopped
};

struct Script {
  std::optional<Error> refuse;  // the error of serve()
  Duration serve_delay{};
  Head head;
  std::vector<ScriptStep> steps;  // then the end
  wire::Usage usage;
};

// An answer of whole text: Started, one TextDelta a piece, Finished, and usage of one token a
// piece.
Script script_of_text(const std::vector<std::string>& pieces);

// Plays the scripts in order, the last one for ever. Belongs to one loop.
class ScriptedBackend : public Backend {
 public:
  explicit ScriptedBackend(std::vector<ModelInfo> models, Capabilities capabilities = {});
  void play(Script script) { scripts_.push_back(std::move(script)); }

  net::Task<Result<std::unique_ptr<Answer>>> serve(RequestRef request, CallRef call) override;
  Capabilities capabilities(std::string_view model) const override;
  std::vector<ModelInfo> models() const override { return models_; }

  std::vector<RequestRef> requests;  // what was asked
  std::vector<CallRef> calls;
  int stopped = 0;     // answers that ended by stop() or the call's stop token
  int unfinished = 0;  // answers destroyed before their end

 private:
  std::vector<ModelInfo> models_;
  Capabilities capabilities_;
  std::vector<Script> scripts_;
  std::size_t next_ = 0;
};

}  // namespace interposer::backends
