#include "engine/embed_worker.h"

#include <algorithm>
#include <cmath>

#include "engine/llama/memory.h"

namespace interposer::engine {
namespace {

constexpr Duration kRest = std::chrono::milliseconds(250);  // see Scheduler::run

// Several texts share a step up to here; a longer text has one of its own. Attention and its memory
// grow with the square of a step's rows, and between texts all of it is masked out.
constexpr int kSharedRows = 256;

std::vector<float> unit(std::span<const float> row) {
  double sum = 0;
  for (float v : row) sum += static_cast<double>(v) * v;
  double scale = sum > 0 ? 1 / std::sqrt(sum) : 0;
  std::vector<float> out(row.begin(), row.end());
  for (float& v : out) v = static_cast<float>(v * scale);
  return out;
}

Error shutting_down() {
  return make_error(Code::kUnavailable, "the engine is shutting down", "try again later",
                    "shutting_down");
}

}  // namespace

EmbedWorker::EmbedWorker(std::unique_ptr<llama::Context> context, const std::string& name)
    : context_(std::move(context)),
      governor_(context_->threads_max(), runnable_tasks),
      tokens_(metrics::counter("interposer_engine_embedded_tokens_total", "Tokens embedded",
                               metrics::label("model", name))),
      texts_(metrics::counter("interposer_engine_embedded_texts_total", "Texts embedded",
                              metrics::label("model", name))) {
  context_->set_abort_check([this] { return stopping_.load(std::memory_order_relaxed); });
  thread_ = std::thread([this] { run(); });
}

EmbedWorker::~EmbedWorker() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    bell_.notify_one();
  }
  thread_.join();
}

Status EmbedWorker::submit(EmbedTask task) {
  for (std::size_t i = 0; i < task.texts.size(); ++i) {
    auto n = static_cast<std::int64_t>(task.texts[i].size());
    if (n >= 1 && n <= token_limit()) continue;
    if (n == 0) {
      return make_error(Code::kInvalidArgument, "input[" + std::to_string(i) + "] is empty",
                        "leave empty texts out", "empty_input");
    }
    return make_error(Code::kTooLarge,
                      "input[" + std::to_string(i) + "] has " + std::to_string(n) +
                          " tokens, the model takes " + std::to_string(token_limit()),
                      "split the text", "context_length_exceeded");
  }
  auto job = std::make_unique<Job>();
  job->task = std::move(task);
  job->submitted = steady_now();
  std::lock_guard lock(mutex_);
  if (stopping_) return shutting_down();
  if (open_ >= kTasksMax) {
    return make_error(
        Code::kResourceExhausted,
        "the embedder's queue is full: " + std::to_string(kTasksMax) + " requests wait",
        "try again in some seconds", "overloaded");
  }
  ++open_;
  arrived_.push_back(std::move(job));
  bell_.notify_one();
  return {};
}

void EmbedWorker::ring() {
  std::lock_guard lock(mutex_);
  rung_ = true;
  bell_.notify_one();
}

void EmbedWorker::run() {
  bool used = false;  // since the file's pages were given back
  while (!stopping_) {
    {
      std::unique_lock lock(mutex_);
      auto ready = [this] { return stopping_ || rung_ || !arrived_.empty(); };
      if (jobs_.empty() && used && !bell_.wait_for(lock, kRest, ready)) {
        llama::release_file_pages(context_->model().path());
        used = false;
      }
      if (jobs_.empty()) bell_.wait(lock, ready);
      rung_ = false;
      for (auto& job : arrived_) {
        // Before the first bulk task, after those that came earlier.
        auto at = job->task.bulk ? jobs_.end()
                                 : std::find_if(jobs_.begin(), jobs_.end(),
                                                [](const auto& j) { return j->task.bulk; });
        jobs_.insert(at, std::move(job));
      }
      arrived_.clear();
    }
    sweep();
    if (!jobs_.empty() && !stopping_) {
      compute();
      used = true;
    }
  }
  std::lock_guard lock(mutex_);
  for (auto& job : arrived_) jobs_.push_back(std::move(job));
  arrived_.clear();
  for (auto& job : jobs_) job->task.done(shutting_down());
  jobs_.clear();
}

void EmbedWorker::end(Job& job, Result<EmbedOutcome> result) {
  job.task.done(std::move(result));
  job.task.done = nullptr;
  std::lock_guard lock(mutex_);
  --open_;
}

void EmbedWorker::sweep() {
  TimePoint now = steady_now();
  for (auto& job : jobs_) {
    if (job->task.cancelled && job->task.cancelled->load(std::memory_order_relaxed)) {
      end(*job, make_error(Code::kCancelled, "embedding was cancelled", "", "cancelled"));
    } else if (now >= job->task.finish_by) {
      end(*job, make_error(Code::kDeadlineExceeded, "embedding ran past its deadline",
                           "allow more time, or send fewer texts", "deadline_exceeded"));
    } else if (job->task.texts.empty()) {
      end(*job, EmbedOutcome{});
    }
  }
  std::erase_if(jobs_, [](const auto& job) { return !job->task.done; });
}

void EmbedWorker::pack(std::vector<Place>* places) {
  context_->clear();
  for (auto& job : jobs_) {
    if (job->next == 0) job->started = steady_now();
    for (std::size_t i = job->next; i < job->task.texts.size(); ++i) {
      const std::vector<Token>& text = job->task.texts[i];
      auto sequence = static_cast<int>(places->size());
      int most =
          sequence == 0 ? context_->batch_rows() : std::min(context_->batch_rows(), kSharedRows);
      if (sequence == context_->sequences() ||
          context_->rows() + static_cast<int>(text.size()) > most) {
        return;
      }
      for (std::size_t p = 0; p < text.size(); ++p) {
        context_->add(text[p], static_cast<std::int64_t>(p), sequence, true);
      }
      places->push_back({job.get(), i});
    }
  }
}

void EmbedWorker::compute() {
  std::vector<Place> places;
  pack(&places);
  context_->forget_all();
  TimePoint begin = steady_now();
  context_->set_threads(governor_.threads(begin));
  llama::Context::Outcome outcome = context_->step();
  if (outcome == llama::Context::Outcome::kAborted) return;
  governor_.observe(context_->rows(), steady_now() - begin, steady_now());
  Status ok;
  if (outcome == llama::Context::Outcome::kDone) {
    ok = collect(places);
  } else {
    ok = make_error(Code::kInternal, "computing the embeddings failed inside of llama.cpp",
                    "try again; the log has the reason", "engine_failed");
  }
  TimePoint now = steady_now();
  for (const Place& place : places) {
    Job& job = *place.job;
    if (!job.task.done) continue;
    if (!ok) {
      end(job, ok.error());
    } else if (job.next == job.task.texts.size()) {
      EmbedOutcome out;
      for (const auto& text : job.task.texts) {
        out.usage.tokens.input += static_cast<std::int64_t>(text.size());
      }
      out.rows = std::move(job.rows);
      out.usage.telemetry.queue_ms = to_ms(job.started - job.submitted);
      out.usage.telemetry.prefill_ms = to_ms(now - job.started);
      out.usage.telemetry.total_ms = to_ms(now - job.submitted);
      out.usage.telemetry.source = "measured";
      out.usage.reported = out.usage.final = true;
      end(job, std::move(out));
    }
  }
  std::erase_if(jobs_, [](const auto& job) { return !job->task.done; });
}

Status EmbedWorker::collect(const std::vector<Place>& places) {
  for (std::size_t s = 0; s < places.size(); ++s) {
    std::span<const float> row = context_->embedding(static_cast<int>(s));
    if (row.empty()) {
      return make_error(Code::kUnsupported, "this model gives no pooled embeddings",
                        "configure an embedding model with kind: embed", "no_embeddings");
    }
    Job& job = *places[s].job;
    job.rows.push_back(unit(row));
    ++job.next;
    texts_.add();
    tokens_.add(job.task.texts[places[s].index].size());
  }
  return {};
}

}  // namespace interposer::engine
