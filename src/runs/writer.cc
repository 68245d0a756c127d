#include "runs/writer.h"

#include <iterator>
#include <utility>

#include "base/log.h"
#include "net/loop.h"

namespace interposer::runs {
namespace {

std::size_t bytes_of(const WriteOp& op) {
  std::size_t bytes = op.answer.size();
  for (const LogEvent& event : op.events) bytes += event.json.size();
  return bytes;
}

}  // namespace

void Writer::push(WriteOp op) {
  {
    const std::lock_guard lock(mutex_);
    queued_bytes_ += bytes_of(op);
    // Neighbours of one run become one operation.
    if (!queue_.empty() && queue_.back().run == op.run && !queue_.back().finish) {
      WriteOp& last = queue_.back();
      std::move(op.events.begin(), op.events.end(), std::back_inserter(last.events));
      last.finish = op.finish;
      last.state = op.state;
      last.answer = std::move(op.answer);
      last.at = op.at;
    } else {
      queue_.push_back(std::move(op));
    }
  }
  start();
}

void Writer::start() {
  {
    const std::lock_guard lock(mutex_);
    if (in_flight_ || queue_.empty()) return;
    in_flight_ = true;
  }
  net::Loop* loop = net::Loop::current();
  const std::shared_ptr<Writer> self = shared_from_this();
  loop->offload([self] { (void)self->commit(); },
                [self, loop] {
                  bool failed = false;
                  {
                    const std::lock_guard lock(self->mutex_);
                    self->in_flight_ = false;
                    failed = self->failing_;
                  }
                  if (failed)
                    loop->start_timer(loop->now() + kRetryAfter, [self] { self->start(); });
                  else
                    self->start();
                });
}

Status Writer::commit() {
  const std::lock_guard one_at_a_time(commit_mutex_);
  if (closed_) return {};
  std::vector<WriteOp> batch;
  {
    const std::lock_guard lock(mutex_);
    batch.swap(queue_);
    queued_bytes_ = 0;
  }
  if (batch.empty()) return {};
  Status written = store_->write(batch);
  if (!written) {
    const std::lock_guard lock(mutex_);
    if (!failing_)
      log::error("answers cannot be stored", {{"reason", written.error().to_string()}});
    failing_ = true;
    for (const WriteOp& op : batch) queued_bytes_ += bytes_of(op);
    std::move(queue_.begin(), queue_.end(), std::back_inserter(batch));
    queue_ = std::move(batch);
    return written;
  }
  {
    const std::lock_guard lock(mutex_);
    failing_ = false;
  }
  for (const WriteOp& op : batch)
    if (op.finish) finished_(op.run);
  return {};
}

std::size_t Writer::backlog_bytes() const {
  const std::lock_guard lock(mutex_);
  return queued_bytes_;
}

bool Writer::failing() const {
  const std::lock_guard lock(mutex_);
  return failing_;
}

Status Writer::drain() { return commit(); }

void Writer::close() {
  (void)commit();
  const std::lock_guard one_at_a_time(commit_mutex_);
  closed_ = true;
}

}  // namespace interposer::runs
