// Read buffers (internal to http): leased from a small pool per loop while a message is in flight,
// so that idle connections hold none.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace interposer::http {

inline constexpr std::size_t kBlockBytes = 16 * 1024;

// Keeps up to `keep` free blocks. Belongs to one loop; outlives its buffers.
class BlockPool {
 public:
  explicit BlockPool(std::size_t keep = 256) : keep_(keep) {}
  std::unique_ptr<char[]> take();
  void give(std::unique_ptr<char[]> block);

 private:
  std::size_t keep_;
  std::vector<std::unique_ptr<char[]>> free_;
};

// Bytes that came and are not used yet. It starts with one block and grows only for big heads.
class Buffer {
 public:
  explicit Buffer(BlockPool* pool) : pool_(pool) {}
  Buffer(Buffer&&) = delete;
  ~Buffer() { release(); }

  std::string_view view() const { return {data_.get() + begin_, end_ - begin_}; }
  std::span<char> bytes() { return {data_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }

  // Room for a read: at least `least` bytes.
  std::span<char> room(std::size_t least = 1);
  void filled(std::size_t count) { end_ += count; }
  void consume(std::size_t count);
  void append(std::string_view text);
  void release();  // gives the block back; what was in it is gone

 private:
  BlockPool* pool_;
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace interposer::http
