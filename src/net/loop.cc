#include "net/loop.h"

namespace interposer::net {
namespace {

thread_local Loop* g_current = nullptr;

}  // namespace

Loop* Loop::current() { return g_current; }
void Loop::set_current(Loop* loop) { g_current = loop; }

void Event::fire() {
  fired_ = true;
  // The waiter may destroy this event: nothing is touched after the resume.
  if (const std::coroutine_handle<> waiter = std::exchange(waiter_, {})) waiter.resume();
}

Task<void> sleep_until(TimePoint when) {
  Event event;
  Loop::current()->start_timer(when, [&event] { event.fire(); });
  co_await event;
}

Task<void> sleep_for(Duration d) { return sleep_until(Loop::current()->now() + d); }

}  // namespace interposer::net
