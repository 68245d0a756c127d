#include "wire/loss.h"

namespace interposer::wire {

void LossReceipt::add(std::string field, std::string reason) {
  for (const Loss& loss : losses_) {
    if (loss.field == field) return;
  }
  losses_.push_back(Loss{std::move(field), std::move(reason)});
}

std::string LossReceipt::header() const {
  constexpr std::size_t kLongest = 1024;  // bytes
  std::string out;
  for (const Loss& loss : losses_) {
    if (!out.empty()) out.append("; ");
    out.append(loss.field).append(": ").append(loss.reason);
  }
  for (char& c : out) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  if (out.size() > kLongest) out.resize(kLongest - 3), out.append("...");
  return out;
}

}  // namespace interposer::wire
