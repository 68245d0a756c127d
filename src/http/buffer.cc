#include "http/buffer.h"

#include <algorithm>
#include <cstring>

namespace interposer::http {

std::unique_ptr<char[]> BlockPool::take() {
  if (free_.empty()) return std::make_unique_for_overwrite<char[]>(kBlockBytes);
  std::unique_ptr<char[]> block = std::move(free_.back());
  free_.pop_back();
  return block;
}

void BlockPool::give(std::unique_ptr<char[]> block) {
  if (free_.size() < keep_) free_.push_back(std::move(block));
}

std::span<char> Buffer::room(std::size_t least) {
  if (!data_ && least <= kBlockBytes) {
    data_ = pool_->take();
    capacity_ = kBlockBytes;
  }
  if (capacity_ - end_ < least && begin_ > 0) {
    std::memmove(data_.get(), data_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (capacity_ - end_ < least) {
    const std::size_t wanted = std::max(capacity_ * 2, end_ + least);
    auto bigger = std::make_unique_for_overwrite<char[]>(wanted);
    if (end_ > 0) std::memcpy(bigger.get(), data_.get(), end_);
    const std::size_t kept = end_;
    release();
    data_ = std::move(bigger);
    capacity_ = wanted;
    end_ = kept;
  }
  return {data_.get() + end_, capacity_ - end_};
}

void Buffer::consume(std::size_t count) {
  begin_ += count;
  if (begin_ == end_) begin_ = end_ = 0;
}

void Buffer::append(std::string_view text) {
  if (text.empty()) return;
  const std::span<char> to = room(text.size());
  std::memcpy(to.data(), text.data(), text.size());
  filled(text.size());
}

void Buffer::release() {
  if (data_ && capacity_ == kBlockBytes) pool_->give(std::move(data_));
  data_.reset();
  capacity_ = begin_ = end_ = 0;
}

}  // namespace interposer::http
