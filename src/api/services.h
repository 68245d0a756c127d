// What the handlers of /api/v1 stand on: filled by app, shared by all loops, outlives the router.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/guard.h"
#include "backends/backend.h"
#include "base/result.h"
#include "knowledge/knowledge.h"
#include "runs/runs.h"
#include "store/ledger.h"

namespace interposer::api {

class Jobs;   // api/jobs/jobs.h
class Found;  // api/found/found.h

// What the configuration says of a base beside its documents.
struct BaseFacts {
  std::string mode = "auto";         // auto, extract, generate
  std::string about;                 // one sentence for people; empty: none
  std::vector<std::string> samples;  // questions to begin with
};

// A provider that a person chose on the page or in the terminal.
struct ChosenProvider {
  std::string name, base_url;
  std::string key_env;  // empty: needs none
};

struct Services {
  std::string version;
  std::string config_file, config_digest;  // empty: the built-in defaults
  GuardOptions guard;

  backends::Backend* gateway = nullptr;
  knowledge::Knowledge* knowledge = nullptr;
  runs::Runs* runs = nullptr;
  store::Ledger* ledger = nullptr;
  Jobs* jobs = nullptr;
  Found* found = nullptr;

  std::string upload_dir;  // HOME/uploads; empty: uploads wait in memory only

  std::string default_base = "handbook";  // asked when none is named
  std::string default_chat;               // empty: none
  std::function<bool()> ready;            // null: always
  std::function<BaseFacts(std::string_view base)> base_facts;
  // Makes a base that nobody configured, with the default embedder. Blocks.
  std::function<Status(const std::string& name)> create_base;
  // From now on `name/<model>` is a model of the gateway, until the server ends.
  std::function<Status(const ChosenProvider&)> add_provider;

  // Over TCP: whose key this is. Null: `keys` is not configured, none is needed.
  std::function<Result<backends::Principal>(std::optional<std::string_view> key)> authenticate;
};

}  // namespace interposer::api
