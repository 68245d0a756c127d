#include "net/task.h"

#include <new>

namespace interposer::net::detail {

// The program's operator new (base/allocate.cc) keeps free blocks a thread: frames need no cache of
// their own.
void* allocate_frame(std::size_t size) { return ::operator new(size); }
void free_frame(void* frame, std::size_t size) noexcept { ::operator delete(frame, size); }

}  // namespace interposer::net::detail
