// Ingest jobs: what takes longer than a request. A bounded queue, a few threads (an ingest blocks),
// one job at a time for each base; every job tells its progress as numbered events.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "knowledge/knowledge.h"
#include "runs/event_log.h"

namespace interposer::api {

struct JobOptions {
  std::size_t workers = 2;                            // threads
  std::size_t waiting_max = 256;                      // jobs
  std::size_t waiting_bytes_max = 256 * 1024 * 1024;  // of uploads that wait
  std::size_t kept_max = 256;                         // finished jobs that can be asked about
  std::size_t events_bytes_max = 32 * 1024 * 1024;    // of one job
};

// Thread-safe.
class Jobs {
 public:
  using Progress = std::function<void(const knowledge::FileEvent&)>;
  // Runs on a worker thread; `progress` may be called on it.
  using Work = std::function<Result<knowledge::IngestSummary>(Progress, std::stop_token)>;

  explicit Jobs(JobOptions options = {}) : options_(options) {}
  ~Jobs();  // asks the running jobs to stop, and joins them

  // The job's id. `bytes`: what it keeps in memory until it ran. kResourceExhausted: the queue is
  // full.
  Result<std::string> add(const std::string& base, std::size_t bytes, Work work);
  // kNotFound (kind "unknown_job"): never was, or is forgotten.
  Result<std::shared_ptr<runs::EventLog>> events(const std::string& id) const;
  bool busy(std::string_view base) const;  // a job of this base runs or waits
  std::size_t waiting() const;

 private:
  struct Job {
    std::string id, base;
    std::size_t bytes = 0;
    Work work;
    std::shared_ptr<runs::EventLog> log;
  };
  using JobRef = std::shared_ptr<Job>;

  void work();
  JobRef take();  // the next whose base is free; null when stopping
  void run(Job* job) const;
  void finished(const JobRef& job);
  std::deque<JobRef>::iterator next_free();

  const JobOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<JobRef> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::multiset<std::string, std::less<>> running_;  // bases
  std::map<std::string, std::shared_ptr<runs::EventLog>> logs_;
  std::deque<std::string> done_;  // ids, oldest first
  std::vector<std::thread> threads_;
  std::stop_source stop_;
};

// One progress event as the members of its JSON: {"type":"file",...}.
std::string job_event(const knowledge::FileEvent& event);
std::string job_done(const knowledge::IngestSummary& summary);
std::string job_error(const Error& error);

}  // namespace interposer::api
