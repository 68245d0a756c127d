// Deadlines of socket operations: a hashed timing wheel with slots of 50 ms (after Varghese and
// Lauck, 1987). Arming and disarming are a few pointer writes, so that every read and write can
// have a deadline; one timer of the loop serves them all. Belongs to one loop.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace interposer::net {

// Embedded in what it belongs to; must be disarmed before that dies.
struct Deadline {
  Deadline* previous = nullptr;
  Deadline* next = nullptr;
  TimePoint when = kNever;
  void (*expire)(Deadline*) = nullptr;  // called once, disarmed before

  bool armed() const { return next != nullptr; }
};

class DeadlineWheel {
 public:
  static constexpr Duration kSlot = std::chrono::milliseconds(50);
  static constexpr std::size_t kSlots = 256;  // 12.8 s a turn; later ones stay for more turns

  DeadlineWheel();
  DeadlineWheel(const DeadlineWheel&) = delete;
  DeadlineWheel& operator=(const DeadlineWheel&) = delete;

  void arm(Deadline* d, TimePoint when);  // kNever: not armed
  void disarm(Deadline* d);
  // Expires all with when <= now; each is expired at most kSlot late if called at next_tick().
  void advance(TimePoint now);
  TimePoint next_tick() const;  // kNever when nothing is armed
  std::size_t armed() const { return armed_; }

 private:
  static std::int64_t slot_of(TimePoint when);  // the first slot border at or after `when`
  static void link(Deadline* head, Deadline* d);

  std::array<Deadline, kSlots> heads_;
  std::int64_t done_ = 0;  // slots up to this have been visited
  std::size_t armed_ = 0;
};

}  // namespace interposer::net
