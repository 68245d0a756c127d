// Inside of runs: one run while it is in memory.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "backends/backend.h"
#include "net/loop.h"
#include "runs/event_log.h"
#include "runs/mapper.h"
#include "runs/runs.h"
#include "runs/writer.h"

namespace interposer::runs {

struct Run {
  std::string id, conversation, owner;
  net::Loop* loop = nullptr;  // where its task lives
  std::shared_ptr<EventLog> log;
  std::shared_ptr<Writer> writer;
  std::stop_source stop;  // asked for on `loop` only: backends hear of it on their own thread
};

// Any thread.
void ask_to_stop(const std::shared_ptr<Run>& run);

// Pulls the answer to its end; the last thing it does is to close the run's log.
net::Task<void> drive(std::shared_ptr<Run> run, backends::Backend* backend,
                      backends::RequestRef request, backends::CallRef call, Duration delta_window);

}  // namespace interposer::runs
