// A loss receipt names what could not cross from one dialect to another. The gateway shows it to
// the caller (header x-interposer-loss); nothing is dropped in silence.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace interposer::wire {

struct Loss {
  std::string field;   // its path in the caller's request or answer
  std::string reason;  // "dropped: the target has no grammars"
  friend bool operator==(const Loss&, const Loss&) = default;
};

class LossReceipt {
 public:
  void add(std::string field, std::string reason);  // the same field counts once
  bool empty() const { return losses_.empty(); }
  const std::vector<Loss>& losses() const { return losses_; }
  std::string header() const;  // "a: reason; b: reason", ASCII, at most 1,024 bytes

 private:
  std::vector<Loss> losses_;
};

}  // namespace interposer::wire
