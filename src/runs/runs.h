// Conversations and detached runs. A run is a task of the server: it goes on when the client that
// asked for it is gone, its events are numbered and stored, and any client may take them up again
// from any number.
//
// Everything belongs to the principal that made it (`owner`, its name): of another's conversations
// and runs everybody is told that they do not exist.
//
// Thread-safe. The Task calls resume on the loop that made them; a run lives on the loop where its
// turn was added.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "base/result.h"
#include "net/task.h"
#include "runs/event_log.h"
#include "runs/store.h"
#include "runs/types.h"

namespace interposer::runs {

struct Options {
  backends::Backend* backend = nullptr;         // the gateway; outlives this
  std::size_t running_max = 64;                 // runs at a time
  std::size_t run_bytes_max = 8 * 1024 * 1024;  // events of one run; beyond: the run fails
  Duration delta_window = std::chrono::milliseconds(20);  // text of a plain model: one event each
  Duration run_deadline = std::chrono::minutes(30);
};

// A reader's place in a run's events.
class Subscription {
 public:
  // The next events, in order and without gaps. Empty: `until` passed or `stop` was asked for, or
  // the end is reached (ended()).
  net::Task<std::vector<LogEvent>> next(TimePoint until, std::stop_token stop);
  bool ended() const { return ended_; }

  Subscription(std::shared_ptr<EventLog> log, std::int64_t after)
      : log_(std::move(log)), after_(after) {}

 private:
  std::shared_ptr<EventLog> log_;
  std::int64_t after_;
  bool ended_ = false;
};

struct Run;  // runs/run.h
class Writer;

class Runs {
 public:
  // Blocks. What a killed process left running is failed ("interrupted") afterwards.
  static Result<std::unique_ptr<Runs>> open(const std::string& path, Options options);
  // shutdown() must have completed, or no run was ever started.
  ~Runs();

  net::Task<Result<Conversation>> create(std::string owner, std::string base, std::string model);
  net::Task<Result<std::vector<Conversation>>> list(std::string owner);
  net::Task<Result<Thread>> get(std::string owner, std::string id);
  net::Task<Status> rename(std::string owner, std::string id, std::string title);
  net::Task<Status> remove(std::string owner, std::string id);  // stops what runs in it

  // Starts a run and gives its id, once the question is on the disk. kNotFound: no such
  // conversation; kResourceExhausted: too many runs, or nothing can be stored.
  net::Task<Result<std::string>> add_turn(std::string conversation, TurnRequest request,
                                          backends::Principal principal, std::string trace_id);

  // Events after number `after`; of a finished run from the disk.
  net::Task<Result<Subscription>> subscribe(std::string owner, std::string run, std::int64_t after);

  // The run ends with the event "stopped". One that ended already: nothing happens. kNotFound is
  // told only for ids that no disk knows.
  net::Task<Status> stop(std::string owner, std::string run);

  // Starts nothing new, lets running runs finish until `deadline`, stops the rest, and waits until
  // all of it is on the disk.
  net::Task<void> shutdown(TimePoint deadline);

  std::size_t running() const;

 private:
  Runs(std::unique_ptr<Store> store, Options options);
  std::shared_ptr<Run> find(const std::string& owner, const std::string& run) const;
  std::vector<std::shared_ptr<Run>> live() const;
  Status admit(const TurnRequest& request, std::size_t running) const;
  void forget(const std::string& run);

  const Options options_;
  std::unique_ptr<Store> store_;
  std::shared_ptr<Writer> writer_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Run>> live_;  // until their end is on the disk
  bool closing_ = false;
};

}  // namespace interposer::runs
