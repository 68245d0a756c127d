#include "net/task.h"

#include <array>
#include <cstdint>
#include <new>

namespace interposer::net::detail {
namespace {

// Sanitizers see a use after free of a frame only when it goes back to the heap.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kCached = false;
#else
constexpr bool kCached = true;
#endif

constexpr std::size_t kGrain = 64;             // bytes between two size classes
constexpr std::size_t kClasses = 64;           // frames up to 4 KiB are cached
constexpr std::size_t kKeptBytes = 64 * 1024;  // of free frames in each class

struct FreeFrame {
  FreeFrame* next;
};

// Free frames of one thread, by size. A frame may be freed on another thread than it came from.
struct FrameCache {
  std::array<FreeFrame*, kClasses + 1> free{};
  std::array<std::uint16_t, kClasses + 1> count{};
  bool closed = false;

  ~FrameCache() {
    closed = true;  // what is freed later on this thread goes to the heap
    for (FreeFrame*& list : free) {
      while (list != nullptr) {
        FreeFrame* const frame = list;
        list = frame->next;
        ::operator delete(frame);
      }
    }
  }
};

thread_local FrameCache g_cache;

}  // namespace

void* allocate_frame(std::size_t size) {
  const std::size_t cls = (size + kGrain - 1) / kGrain;
  if (!kCached || cls > kClasses) return ::operator new(size);
  FreeFrame* const frame = g_cache.free[cls];
  if (frame == nullptr) return ::operator new(cls * kGrain);
  g_cache.free[cls] = frame->next;
  g_cache.count[cls] -= 1;
  return frame;
}

void free_frame(void* frame, std::size_t size) noexcept {
  const std::size_t cls = (size + kGrain - 1) / kGrain;
  const bool kept = kCached && cls <= kClasses && !g_cache.closed &&
                    g_cache.count[cls] < kKeptBytes / (cls * kGrain);
  if (!kept) return ::operator delete(frame);
  g_cache.free[cls] = ::new (frame) FreeFrame{g_cache.free[cls]};
  g_cache.count[cls] += 1;
}

}  // namespace interposer::net::detail
