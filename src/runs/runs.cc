#include "runs/runs.h"

#include <algorithm>

#include "base/ids.h"
#include "base/strings.h"
#include "base/utf8.h"
#include "net/loop.h"
#include "net/nursery.h"
#include "runs/answer.h"
#include "runs/history.h"
#include "runs/run.h"
#include "runs/writer.h"

namespace interposer::runs {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;  // of events, at a time
constexpr Duration kShutdownPoll = std::chrono::milliseconds(10);

std::shared_ptr<EventLog> log_of(const Store::Stored& stored) {
  const auto log = std::make_shared<EventLog>(std::size_t{1} << 40);
  for (std::size_t i = 0; i < stored.events.size(); ++i) {
    // {"n":7,"type":...} -> {"type":...}: the log numbers from 1 without gaps, as the store does.
    const std::string& json = stored.events[i].json;
    const std::string object = "{" + json.substr(json.find(',') + 1);
    if (i + 1 < stored.events.size())
      log->append(object);
    else
      log->close(object);
  }
  return log;
}

template <class T>
net::Task<T> on_disk(std::function<T()> work) {
  return net::offload<T>(std::move(work));
}

}  // namespace

net::Task<std::vector<LogEvent>> Subscription::next(TimePoint until, std::stop_token stop) {
  const std::shared_ptr<EventLog> log = log_;
  co_await log->wait(after_, until, stop);
  std::vector<LogEvent> events = log->read(after_, kReadBytes, &ended_);
  if (!events.empty()) after_ = events.back().n;
  co_return events;
}

Runs::Runs(std::unique_ptr<Store> store, Options options)
    : options_(options), store_(std::move(store)) {
  writer_ = std::make_shared<Writer>(store_.get(), [this](const std::string& run) { forget(run); });
}

Runs::~Runs() { writer_->close(); }

Result<std::unique_ptr<Runs>> Runs::open(const std::string& path, Options options) {
  IP_TRY(auto store, Store::open(path));
  return std::unique_ptr<Runs>(new Runs(std::move(store), options));
}

std::shared_ptr<Run> Runs::find(const std::string& owner, const std::string& run) const {
  const std::lock_guard lock(mutex_);
  const auto found = live_.find(run);
  return found == live_.end() || found->second->owner != owner ? nullptr : found->second;
}

std::vector<std::shared_ptr<Run>> Runs::live() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Run>> out;
  for (const auto& [id, run] : live_) out.push_back(run);
  return out;
}

void Runs::forget(const std::string& run) {
  const std::lock_guard lock(mutex_);
  live_.erase(run);
}

std::size_t Runs::running() const {
  const auto runs = live();
  return static_cast<std::size_t>(
      std::count_if(runs.begin(), runs.end(), [](const auto& run) { return !run->log->closed(); }));
}

net::Task<Result<Conversation>> Runs::create(std::string owner, std::string base,
                                             std::string model) {
  Conversation c;
  c.owner = std::move(owner);
  c.id = new_id("conv_");
  c.base = std::move(base);
  c.model = std::move(model);
  c.created_at = c.updated_at = wall_now_ms();
  const Status added = co_await on_disk<Status>([this, c] { return store_->add_conversation(c); });
  if (!added) co_return added.error();
  co_return c;
}

net::Task<Result<std::vector<Conversation>>> Runs::list(std::string owner) {
  return on_disk<Result<std::vector<Conversation>>>(
      [this, owner] { return store_->conversations(owner); });
}

net::Task<Result<Thread>> Runs::get(std::string owner, std::string id) {
  // Those in memory first: a run that ends meanwhile is then seen either here or on the disk.
  const std::vector<std::shared_ptr<Run>> running = live();
  auto thread =
      co_await on_disk<Result<Thread>>([this, owner, id] { return store_->thread(owner, id); });
  if (!thread) co_return thread;
  for (Turn& turn : thread->turns) {
    const auto run = std::find_if(running.begin(), running.end(),
                                  [&](const auto& r) { return r->id == turn.run; });
    if (run == running.end()) continue;
    const std::vector<LogEvent> events = (*run)->log->all();
    turn.state = end_state(events);
    turn.answer = fold_answer(events);
  }
  co_return thread;
}

net::Task<Status> Runs::rename(std::string owner, std::string id, std::string title) {
  if (trim(title).empty() || title.size() > kTitleBytesMax || !utf8_valid(title))
    co_return make_error(
        Code::kInvalidArgument,
        "field 'title': a text of 1 to " + std::to_string(kTitleBytesMax) + " bytes is expected",
        "shorten the title", "invalid_title");
  const std::string kept(trim(title));
  co_return co_await on_disk<Status>(
      [this, owner, id, kept] { return store_->rename(owner, id, kept, wall_now_ms()); });
}

net::Task<Status> Runs::remove(std::string owner, std::string id) {
  for (const auto& run : live())
    if (run->conversation == id && run->owner == owner) ask_to_stop(run);
  co_return co_await on_disk<Status>([this, owner, id] { return store_->remove(owner, id); });
}

Status Runs::admit(const TurnRequest& request, std::size_t running) const {
  if (trim(request.question).empty() || request.question.size() > kQuestionBytesMax ||
      !utf8_valid(request.question))
    return make_error(Code::kInvalidArgument,
                      "field 'question': UTF-8 text of 1 to " + std::to_string(kQuestionBytesMax) +
                          " bytes is expected",
                      "write the question as text", "invalid_question");
  if (trim(request.target).empty())
    return make_error(Code::kInvalidArgument, "field 'target' is missing",
                      "name an assistant (assistant/handbook) or a model", "invalid_target");
  if (running >= options_.running_max)
    return make_error(Code::kResourceExhausted,
                      std::to_string(running) + " answers are being written already",
                      "wait for one to end, or stop one", "too_many_runs");
  if (writer_->failing() || writer_->backlog_bytes() > Writer::kBacklogBytesMax)
    return make_error(Code::kResourceExhausted, "conversations.db cannot be written",
                      "look at the server's log; the disk may be full", "store_failing");
  return {};
}

net::Task<Result<std::string>> Runs::add_turn(std::string conversation, TurnRequest request,
                                              backends::Principal principal, std::string trace_id) {
  IP_CO_OK(admit(request, running()));
  IP_CO_TRY(const Thread before, co_await get(principal.name, conversation));
  const std::int64_t context = options_.backend->capabilities(request.target).context_tokens;

  Turn turn;
  turn.run = new_id("run_");
  turn.conversation = conversation;
  turn.question = request.question;
  turn.target = request.target;
  turn.created_at = wall_now_ms();
  const std::string title = title_of(request.question);
  const std::string owner = principal.name;
  const Status added = co_await on_disk<Status>(
      [this, owner, turn, title] { return store_->add_turn(owner, turn, title); });
  if (!added) co_return added.error();

  const auto run = std::make_shared<Run>();
  run->id = turn.run;
  run->conversation = conversation;
  run->owner = owner;
  run->loop = net::Loop::current();
  run->log = std::make_shared<EventLog>(options_.run_bytes_max);
  run->writer = writer_;
  {
    const std::lock_guard lock(mutex_);
    live_.emplace(run->id, run);
    // Added while the server began to stop: the run ends at once, and says so.
    if (closing_) run->stop.request_stop();
  }
  const auto call = std::make_shared<backends::Call>();
  call->principal = std::move(principal);
  call->deadlines.total = run->loop->now() + options_.run_deadline;
  call->stop = run->stop.get_token();
  call->trace.trace_id = std::move(trace_id);
  call->trace.span_id = new_span_id();
  run->loop->nursery().spawn(
      drive(run, options_.backend,
            wire::Request::from_chat(request.target, build_chat(before.turns, request, context)),
            call, options_.delta_window));
  co_return run->id;
}

net::Task<Result<Subscription>> Runs::subscribe(std::string owner, std::string run,
                                                std::int64_t after) {
  if (const auto live = find(owner, run)) co_return Subscription(live->log, after);
  auto stored = co_await on_disk<Result<Store::Stored>>(
      [this, owner, run] { return store_->run(owner, run); });
  if (!stored) co_return stored.error();
  // Between the turn's first write and its task there is a moment in which only the disk knows it.
  if (const auto live = find(owner, run)) co_return Subscription(live->log, after);
  co_return Subscription(log_of(*stored), after);
}

net::Task<Status> Runs::stop(std::string owner, std::string run) {
  if (const auto live = find(owner, run)) {
    ask_to_stop(live);
    co_return Status();
  }
  const auto stored = co_await on_disk<Result<Store::Stored>>(
      [this, owner, run] { return store_->run(owner, run); });
  if (!stored) co_return stored.error();
  co_return Status();
}

net::Task<void> Runs::shutdown(TimePoint deadline) {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  net::Loop* loop = net::Loop::current();
  while (running() > 0 && loop->now() < deadline) co_await net::sleep_for(kShutdownPoll);
  for (const auto& run : live()) ask_to_stop(run);
  while (running() > 0) co_await net::sleep_for(kShutdownPoll);
  const std::shared_ptr<Writer> writer = writer_;
  (void)co_await on_disk<Status>([writer] { return writer->drain(); });
}

}  // namespace interposer::runs
