// The grounded assistant: a Backend whose models are "assistant/<base>". It answers the last user
// message of a chat from the base's documents and tables; what it cannot ground it refuses.
//
// A request may carry {"interposer": {"mode": "auto|extract|generate", "answer_with": "MODEL"}}.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "assistant/config.h"
#include "backends/backend.h"
#include "knowledge/knowledge.h"

namespace interposer::assistant {

inline constexpr std::string_view kModelPrefix = "assistant/";
inline constexpr std::int64_t kCapableParameters = 1'000'000'000;

class Assistant : public backends::Backend {
 public:
  // Both outlive the assistant. `models`: who is asked to write (usually the gateway); null:
  // nobody.
  Assistant(const knowledge::Knowledge* knowledge, backends::Backend* models);

  // What the configuration says; a base it does not name has the default settings. Any thread.
  void set_bases(std::vector<BaseSettings> bases);
  BaseSettings settings(std::string_view base) const;

  net::Task<Result<std::unique_ptr<backends::Answer>>> serve(backends::RequestRef request,
                                                             backends::CallRef call) override;
  backends::Capabilities capabilities(std::string_view model) const override;
  std::vector<backends::ModelInfo> models() const override;

  // May this model write grounded answers without being asked to in so many words?
  bool capable(std::string_view model) const;

 private:
  const knowledge::Knowledge* knowledge_;
  backends::Backend* models_;
  mutable std::mutex mutex_;
  std::vector<BaseSettings> bases_;
};

}  // namespace interposer::assistant
