#include "net/deadline_wheel.h"

#include <algorithm>

namespace interposer::net {

DeadlineWheel::DeadlineWheel() {
  for (Deadline& head : heads_) head.previous = head.next = &head;
}

std::int64_t DeadlineWheel::slot_of(TimePoint when) {
  const std::int64_t ns = when.time_since_epoch().count();
  return ns / kSlot.count() + (ns % kSlot.count() > 0 ? 1 : 0);
}

void DeadlineWheel::link(Deadline* head, Deadline* d) {
  d->next = head;
  d->previous = head->previous;
  head->previous->next = d;
  head->previous = d;
}

void DeadlineWheel::arm(Deadline* d, TimePoint when) {
  disarm(d);
  if (when == kNever) return;
  d->when = when;
  // One that is overdue goes to the next slot to be visited.
  const std::int64_t slot = std::max(slot_of(when), done_ + 1);
  link(&heads_[static_cast<std::size_t>(slot) % kSlots], d);
  armed_ += 1;
}

void DeadlineWheel::disarm(Deadline* d) {
  if (!d->armed()) return;
  d->previous->next = d->next;
  d->next->previous = d->previous;
  d->previous = d->next = nullptr;
  armed_ -= 1;
}

void DeadlineWheel::advance(TimePoint now) {
  const std::int64_t last = now.time_since_epoch().count() / kSlot.count();
  const std::int64_t first = std::max(done_ + 1, last - static_cast<std::int64_t>(kSlots) + 1);
  done_ = std::max(done_, last);
  // First collected, then expired: an expiry may arm and disarm any other.
  Deadline due;
  due.previous = due.next = &due;
  for (std::int64_t slot = first; slot <= last; ++slot) {
    Deadline* const head = &heads_[static_cast<std::size_t>(slot) % kSlots];
    for (Deadline* d = head->next; d != head;) {
      Deadline* const following = d->next;
      if (d->when <= now) {
        d->previous->next = d->next;
        d->next->previous = d->previous;
        link(&due, d);
      }
      d = following;
    }
  }
  while (due.next != &due) {
    Deadline* const d = due.next;
    disarm(d);
    d->expire(d);
  }
}

TimePoint DeadlineWheel::next_tick() const {
  if (armed_ == 0) return kNever;
  std::int64_t slot = done_ + 1;
  const std::int64_t end = slot + static_cast<std::int64_t>(kSlots);
  for (; slot < end; ++slot) {
    const Deadline& head = heads_[static_cast<std::size_t>(slot) % kSlots];
    if (head.next != &head) break;
  }
  return TimePoint(kSlot * slot);
}

}  // namespace interposer::net
