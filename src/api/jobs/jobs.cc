#include "api/jobs/jobs.h"

#include <algorithm>

#include "base/ids.h"

namespace interposer::api {

Jobs::~Jobs() {
  stop_.request_stop();
  {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
}

Result<std::string> Jobs::add(const std::string& base, std::size_t bytes, Work work) {
  const auto job = std::make_shared<Job>();
  job->id = new_id("job_");
  job->base = base;
  job->bytes = bytes;
  job->work = std::move(work);
  job->log = std::make_shared<runs::EventLog>(options_.events_bytes_max);
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= options_.waiting_max ||
      waiting_bytes_ + bytes > options_.waiting_bytes_max)
    return make_error(Code::kResourceExhausted,
                      "the ingest queue is full (" + std::to_string(waiting_.size()) + " wait)",
                      "try again when some are done", "queue_full");
  waiting_.push_back(job);
  waiting_bytes_ += bytes;
  logs_[job->id] = job->log;
  if (threads_.size() < options_.workers) threads_.emplace_back([this] { this->work(); });
  changed_.notify_one();
  return job->id;
}

Result<std::shared_ptr<runs::EventLog>> Jobs::events(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = logs_.find(id);
  if (found != logs_.end()) return found->second;
  return make_error(Code::kNotFound, "there is no job '" + id + "'",
                    "the server was started anew, or the job ended long ago; ingesting again is "
                    "safe: what is there costs nothing",
                    "unknown_job");
}

bool Jobs::busy(std::string_view base) const {
  const std::lock_guard lock(mutex_);
  return running_.find(base) != running_.end() ||
         std::any_of(waiting_.begin(), waiting_.end(),
                     [&](const JobRef& job) { return job->base == base; });
}

std::size_t Jobs::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

std::deque<Jobs::JobRef>::iterator Jobs::next_free() {
  return std::find_if(waiting_.begin(), waiting_.end(),
                      [&](const JobRef& job) { return !running_.contains(job->base); });
}

Jobs::JobRef Jobs::take() {
  std::unique_lock lock(mutex_);
  auto next = waiting_.end();
  changed_.wait(lock, [&] {
    next = next_free();
    return stop_.stop_requested() || next != waiting_.end();
  });
  if (stop_.stop_requested()) return nullptr;
  JobRef job = std::move(*next);
  waiting_.erase(next);
  waiting_bytes_ -= job->bytes;
  running_.insert(job->base);
  return job;
}

void Jobs::run(Job* job) const {
  runs::EventLog* log = job->log.get();
  // Events beyond the log's limit are left out; the last one always fits.
  const Progress progress = [log](const knowledge::FileEvent& event) {
    (void)log->append(job_event(event));
  };
  const Result<knowledge::IngestSummary> summary = job->work(progress, stop_.get_token());
  log->close(summary ? job_done(*summary) : job_error(summary.error()));
  job->work = nullptr;  // what it held (an upload's bytes) goes now
}

void Jobs::finished(const JobRef& job) {
  const std::lock_guard lock(mutex_);
  running_.erase(running_.find(job->base));
  done_.push_back(job->id);
  while (done_.size() > options_.kept_max) {
    logs_.erase(done_.front());
    done_.pop_front();
  }
  changed_.notify_all();
}

void Jobs::work() {
  while (const JobRef job = take()) {
    run(job.get());
    finished(job);
  }
}

}  // namespace interposer::api
