#include "api/jobs/jobs.h"
#include "base/json.h"

namespace interposer::api {

std::string job_event(const knowledge::FileEvent& event) {
  JsonWriter w;
  w.begin_object();
  if (event.file.empty()) {
    w.field("type", "progress");
  } else {
    w.field("type", "file").field("file", event.file);
    w.field("state", knowledge::state_name(event.state));
  }
  if (!event.reason.empty()) w.field("reason", event.reason);
  if (!event.remedy.empty()) w.field("remedy", event.remedy);
  if (event.total > 0) w.field("done", event.done).field("total", event.total);
  return w.end_object().take();
}

std::string job_done(const knowledge::IngestSummary& s) {
  JsonWriter w;
  w.begin_object().field("type", "done").key("summary").begin_object();
  w.field("added", s.added).field("changed", s.changed).field("unchanged", s.unchanged);
  w.field("deleted", s.deleted).field("failed", s.failed);
  w.field("chunks", s.chunks).field("vectors", s.vectors);
  return w.end_object().end_object().take();
}

std::string job_error(const Error& error) {
  JsonWriter w;
  w.begin_object().field("type", "error");
  w.field("code", error.kind.empty() ? code_name(error.code) : std::string_view(error.kind));
  w.field("message", error.message).field("reason", error.message);
  return w.field("remedy", error.remedy).end_object().take();
}

}  // namespace interposer::api
