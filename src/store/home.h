// The state folder: one home, one running server. Layout (mode 0700):
//   lock            held (flock) by the process that owns the home; its text: pid
//   interposer.sock where the verbs reach a running server (mode 0600)
//   records.db      knowledge: documents, versions, sentences, chunks   (SQLite, WAL)
//   index/          derived, rebuildable segments
//   ledger.db       usage ledger; conversations.db: conversations and runs
//   journal/        append-only usage records not yet in the ledger
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace interposer::store {

class Home {
 public:
  // --home, else $INTERPOSER_HOME, else $XDG_DATA_HOME/interposer, else ~/.local/share/interposer.
  static Result<std::string> locate(const std::string& flag);
  // Makes the folder and takes the lock. kFailedPrecondition (kind "home_in_use") names the owner.
  // Blocks for some moments while an owner that was killed is being taken down.
  static Result<std::unique_ptr<Home>> own(const std::string& path);
  ~Home();

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  Home(std::string path, int lock_fd) : path_(std::move(path)), lock_fd_(lock_fd) {}
  std::string path_;
  int lock_fd_;
};

}  // namespace interposer::store
