#include "app/output/job_progress.h"

namespace interposer::app {

client::Client::OnJobEvent JobProgress::callback() {
  return [this](const client::JobEvent& event) { take(event); };
}

void JobProgress::take(const client::JobEvent& event) {
  if (event.type == "file" && event.state == "failed") {
    failed_.push_back({event.file, event.reason, event.remedy});
  }
  const bool counted = event.type == "file" || event.type == "progress";
  if (counted && event.total > 0) {
    progress_.show(event.file.empty() ? event.state : event.file, event.done, event.total);
  }
}

}  // namespace interposer::app
