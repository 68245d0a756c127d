#include "evals/run/run_suite.h"

#include <boost/json.hpp>
#include <cstdlib>
#include <optional>

#include "base/ids.h"
#include "base/json.h"
#include "evals/run/sequential.h"
#include "evals/score/scorers.h"
#include "http/client.h"
#include "net/loop.h"

namespace interposer::evals {
namespace {

constexpr std::uint64_t kRunJsonBytesMax = 1 << 20;

// The id that idempotency keys are made from: chosen once a folder, before anything is sent.
Result<std::string> run_id_of(const std::string& folder, const Suite& suite) {
  const std::string path = folder + "/run.json";
  net::FileSystem& files = net::FileSystem::real();
  if (files.exists(path)) {
    IP_TRY(const std::string text, files.read(path, kRunJsonBytesMax));
    boost::json::error_code error;
    const boost::json::value value = boost::json::parse(text, error);
    const boost::json::object* object = error ? nullptr : value.if_object();
    const boost::json::value* id = object == nullptr ? nullptr : object->if_contains("id");
    if (id == nullptr || !id->is_string())
      return make_error(Code::kDataLoss, path + " is damaged", "name another folder with --out");
    return std::string(id->get_string());
  }
  const std::string id = new_id("eval_");
  JsonWriter w;
  w.begin_object().field("v", 1).field("id", id).field("suite", suite.name);
  w.field("version", suite.version).field("digest", suite.digest).field("file", suite.file);
  w.field("dataset", suite.dataset).field("program", INTERPOSER_VERSION);
  w.field("started", rfc3339(wall_now_ms())).end_object();
  IP_OK(files.write_atomic(path, w.take() + "\n", 0644));
  return id;
}

Result<std::vector<Secret>> keys_of(const Suite& suite) {
  std::vector<Secret> out;
  for (const Target& target : suite.targets) {
    if (target.key_env.empty()) {
      out.emplace_back();
      continue;
    }
    const char* value = std::getenv(target.key_env.c_str());
    if (value == nullptr || *value == '\0')
      return make_error(Code::kFailedPrecondition,
                        "the target '" + target.name + "' wants a key in " + target.key_env,
                        "export " + target.key_env + "=...");
    out.emplace_back(std::string(value));
  }
  return out;
}

net::Task<void> drive(RunContext* context, const std::vector<Unit>* units,
                      std::optional<Result<RunSummary>>* out, net::Loop* loop) {
  {
    const auto client = http::Client::create(loop, http::client_options_from_environment());
    context->client = client.get();
    Result<RunSummary> done = co_await run_units(context, units);
    out->emplace(std::move(done));
    client->close_idle();
  }
  loop->stop();
}

Result<RunSummary> run_on_own_loop(RunContext* context, const std::vector<Unit>& units) {
  const std::unique_ptr<net::Loop> loop = net::make_loop();
  std::optional<Result<RunSummary>> out;
  loop->post([&] { loop->nursery().spawn(drive(context, &units, &out, loop.get())); });
  loop->run();
  return std::move(*out);
}

}  // namespace

Result<RunOutcome> score_folder(const Suite& suite, const std::vector<Item>& items,
                                const std::string& folder) {
  net::FileSystem& files = net::FileSystem::real();
  if (!files.exists(folder))
    return make_error(Code::kNotFound, "no run folder '" + folder + "'",
                      "make one: interposer eval run SUITE --out FOLDER");
  IP_TRY(const std::unique_ptr<RunLog> log, RunLog::open(files, folder));
  std::vector<const Response*> responses;
  for (const auto& [name, response] : log->recovered().responses) responses.push_back(&response);
  IP_TRY(ScoredRun scored, score_responses(suite, items, responses));
  IP_OK(files.write_atomic(folder + "/scores.jsonl", scored.scores, 0644));
  RunOutcome out;
  out.summary.units = scored.units;
  out.unscored = scored.unscored;
  out.notes = std::move(scored.notes);
  return out;
}

namespace {

using Watch = std::function<bool(const Response&)>;

Result<RunSummary> run_locked(const Suite& suite, const std::vector<Item>& items,
                              const std::vector<Unit>& units, const RunRequest& request,
                              Watch decided) {
  RunContext context;
  context.suite = &suite;
  context.items = &items;
  context.endpoints = request.endpoints;
  context.on_progress = request.on_progress;
  context.stop = request.stop;
  context.decided = std::move(decided);
  IP_TRY(context.run_id, run_id_of(request.folder, suite));
  IP_TRY(context.keys, keys_of(suite));
  IP_TRY(const std::unique_ptr<RunLog> log, RunLog::open(net::FileSystem::real(), request.folder));
  context.log = log.get();
  return run_on_own_loop(&context, units);
}

}  // namespace

Result<RunSummary> run_planned(const Suite& suite, const std::vector<Item>& items,
                               const std::vector<Unit>& units, const RunRequest& request) {
  IP_OK(net::FileSystem::real().make_directories(request.folder, 0755));
  IP_TRY(const std::unique_ptr<FolderLock> lock, FolderLock::take(request.folder));
  return run_locked(suite, items, units, request, {});
}

Result<std::vector<Response>> responses_of(const std::string& folder) {
  IP_TRY(const std::unique_ptr<RunLog> log, RunLog::open(net::FileSystem::real(), folder));
  std::vector<Response> out;
  for (const auto& [name, response] : log->recovered().responses) out.push_back(response);
  return out;
}

Result<RunOutcome> run_suite(const Suite& suite, const std::vector<Item>& items,
                             const RunRequest& request) {
  IP_OK(check_prices(suite, request.endpoints));
  IP_TRY(std::vector<Unit> units, plan_units(suite, items));
  IP_TRY(const std::vector<Scorer> scorers, make_scorers(suite));  // before anything is paid for
  IP_OK(net::FileSystem::real().make_directories(request.folder, 0755));
  IP_TRY(const std::unique_ptr<FolderLock> lock, FolderLock::take(request.folder));
  std::unique_ptr<SequentialWatch> watch;
  Watch decided;
  if (suite.sequential) {
    IP_TRY(watch, SequentialWatch::open(suite, items));
    watch->shuffle(units);
    decided = [&watch](const Response& r) { return watch->decided(r); };
  }
  IP_TRY(const RunSummary summary, run_locked(suite, items, units, request, decided));
  IP_TRY(RunOutcome out, score_folder(suite, items, request.folder));
  out.summary = summary;
  if (watch) out.notes.push_back(watch->verdict());
  return out;
}

Result<Estimate> estimate(const Suite& suite, const std::vector<Item>& items,
                          const std::vector<Endpoint>& endpoints) {
  IP_TRY(const std::vector<Unit> units, plan_units(suite, items));
  Estimate out;
  out.units = static_cast<std::int64_t>(units.size());
  for (const Unit& unit : units) {
    const auto usd = reserve_usd(unit, suite, endpoints[unit.target]);
    out.priced = out.priced && usd.has_value();
    out.usd_most += usd.value_or(0);
    out.tokens_most += reserve_tokens(unit, suite);
  }
  return out;
}

}  // namespace interposer::evals
