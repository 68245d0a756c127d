// Conversations, turns and run events in SQLite (HOME/conversations.db). Every call blocks, and any
// thread may make it: use net::offload from a loop.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runs/event_log.h"
#include "runs/types.h"
#include "store/database.h"

namespace interposer::runs {

// What a running run hands to the disk: events, and at its end its state.
struct WriteOp {
  std::string run;
  std::vector<LogEvent> events;
  bool finish = false;
  State state = State::kRunning;
  std::string answer;
  WallMs at = 0;
};

class Store {
 public:
  // Turns that a killed process left running become failed ("interrupted") and keep what they had.
  static Result<std::unique_ptr<Store>> open(const std::string& path);

  Status add_conversation(const Conversation& conversation);
  // Newest first, at most kConversationsListed.
  Result<std::vector<Conversation>> conversations(const std::string& owner);
  // Of the owner's; of anybody else's kNotFound, as if it were not there.
  Result<Thread> thread(const std::string& owner, const std::string& id);
  Status rename(const std::string& owner, const std::string& id, const std::string& title,
                WallMs at);
  Status remove(const std::string& owner, const std::string& id);

  // A new running turn; a conversation without a title takes `title`.
  Status add_turn(const std::string& owner, const Turn& turn, const std::string& title);
  Status write(const std::vector<WriteOp>& ops);  // one transaction

  struct Stored {
    State state = State::kRunning;
    std::vector<LogEvent> events;
  };
  Result<Stored> run(const std::string& owner, const std::string& run);

 private:
  explicit Store(std::unique_ptr<store::Database> db) : db_(std::move(db)) {}
  Status recover();
  Status write_one(const WriteOp& op);
  Result<std::vector<LogEvent>> events_of(const std::string& run);
  Result<Conversation> conversation(const std::string& owner, const std::string& id);

  std::mutex mutex_;
  std::unique_ptr<store::Database> db_;
};

Error unknown_conversation(std::string_view id);
Error unknown_run(std::string_view id);

}  // namespace interposer::runs
