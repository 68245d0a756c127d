// The progress of an ingest or reindex: a bar on the terminal, and the files that failed.
#pragma once

#include <string>
#include <vector>

#include "app/output/terminal.h"
#include "client/client.h"

namespace interposer::app {

struct FailedFile {
  std::string file, reason, remedy;
};

class JobProgress {
 public:
  explicit JobProgress(bool quiet) : progress_(quiet) {}
  client::Client::OnJobEvent callback();  // valid while this lives
  const std::vector<FailedFile>& failed() const { return failed_; }

 private:
  void take(const client::JobEvent& event);

  Progress progress_;
  std::vector<FailedFile> failed_;
};

}  // namespace interposer::app
