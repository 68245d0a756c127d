// operator new and delete of the whole program: a cache of free blocks a thread in front of malloc.
// A request makes dozens of small, short-lived objects; glibc's own cache keeps only seven of a
// size and none above 1 KiB, so that with some requests in flight half of its calls take the long
// way. All blocks are malloc's, so that what is freed elsewhere, or by another library, is fine.
#include <malloc.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <utility>

// Sanitizers watch the heap themselves; a cache before it would blind them.
#if defined(__GLIBC__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer) && \
    !__has_feature(memory_sanitizer)

namespace {

// Usable sizes of malloc's blocks are 16 k + 8, from 24. Up to kSmallMax each has its class; above,
// classes are kStep apart and requests are rounded up to them.
constexpr std::size_t kSmallMax = 1032;           // bytes
constexpr std::size_t kLeast = 24;                // bytes
constexpr std::size_t kStep = 512;                // bytes
constexpr std::size_t kLargeMax = 32 * 1024 - 8;  // bytes; larger ones go to malloc
constexpr std::size_t kSmallClasses = kSmallMax / 16 + 1;
constexpr std::size_t kClasses = kSmallClasses + (kLargeMax + 8) / kStep + 1;
constexpr std::size_t kKeptSmall = 128;        // free blocks of a small class
constexpr std::size_t kKeptLarge = 64 * 1024;  // bytes of free blocks of a large class

constexpr std::size_t small_class(std::size_t size) { return (std::max(size, kLeast) + 7) / 16; }

constexpr auto kKept = [] {
  std::array<std::uint16_t, kClasses> kept{};
  for (std::size_t c = 0; c < kSmallClasses; ++c) kept[c] = kKeptSmall;
  // Above the small ones, blocks too short for what is asked of the first large class: not kept.
  for (std::size_t c = kSmallClasses + (kSmallMax + 8) / kStep + 1; c < kClasses; ++c) {
    kept[c] = static_cast<std::uint16_t>(kKeptLarge / ((c - kSmallClasses) * kStep));
  }
  return kept;
}();

struct Free {
  Free* next;
};

// Constant-initialised and without a destructor, so that reaching it costs no check.
struct Cache {
  std::array<Free*, kClasses> lists;
  std::array<std::uint16_t, kClasses> counts;
  bool open;  // its end is registered
  bool closed;
};
constinit thread_local Cache cache{};

// The class whose blocks hold `size`, and the size to ask malloc for.
std::size_t class_for(std::size_t& size) {
  if (size <= kSmallMax) return small_class(size);
  const std::size_t index = (size + 8 + kStep - 1) / kStep;
  size = index * kStep - 8;
  return kSmallClasses + index;
}

// The largest class that a block of this usable size can serve.
std::size_t class_of(std::size_t usable) {
  if (usable <= kSmallMax) return (usable - 8) / 16;
  return kSmallClasses + (usable + 8) / kStep;
}

void close_cache(void*) {
  cache.closed = true;
  for (Free*& list : cache.lists) {
    while (list != nullptr) std::free(std::exchange(list, list->next));
  }
}

// Blocks go back to the heap when their thread ends.
void open_cache() {
  static const pthread_key_t key = [] {
    pthread_key_t made = 0;
    if (pthread_key_create(&made, close_cache) != 0) std::abort();
    return made;
  }();
  cache.open = true;
  pthread_setspecific(key, &cache);
}

[[gnu::noinline]] void* allocate_slowly(std::size_t size) {
  if (!cache.open && !cache.closed) open_cache();
  for (;;) {
    if (void* const block = std::malloc(size)) return block;
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc();
    handler();
  }
}

}  // namespace

void* operator new(std::size_t size) {
  if (size <= kLargeMax) {
    const std::size_t cls = class_for(size);
    if (Free* const block = cache.lists[cls]; block != nullptr) {
      cache.lists[cls] = block->next;
      cache.counts[cls] -= 1;
      return block;
    }
  }
  return allocate_slowly(size);
}

void operator delete(void* block) noexcept {
  if (block == nullptr) return;
  // What malloc really gave, not what the caller says: the size of a delete may be wrong.
  const std::size_t usable = malloc_usable_size(block);
  if (usable > kLargeMax || !cache.open || cache.closed) return std::free(block);
  const std::size_t cls = class_of(usable);
  if (cache.counts[cls] >= kKept[cls]) return std::free(block);
  cache.lists[cls] = ::new (block) Free{cache.lists[cls]};
  cache.counts[cls] += 1;
}

void operator delete(void* block, std::size_t) noexcept { operator delete(block); }

#endif
