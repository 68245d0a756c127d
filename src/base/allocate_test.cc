// The program's operator new and delete: blocks do not overlap, whatever their sizes and threads.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstring>
#include <memory>
#include <thread>
#include <vector>

namespace interposer {
namespace {

struct Block {
  std::unique_ptr<unsigned char[]> bytes;
  std::size_t size = 0;
  unsigned char mark = 0;
};

Block make(std::size_t size, unsigned char mark) {
  Block block{std::make_unique_for_overwrite<unsigned char[]>(size), size, mark};
  std::memset(block.bytes.get(), mark, size);
  return block;
}

bool whole(const Block& block) {
  for (std::size_t i = 0; i < block.size; ++i) {
    if (block.bytes[i] != block.mark) return false;
  }
  return true;
}

TEST(Allocate, BlocksKeepTheirBytesWhateverIsFreedAround) {
  rc::check("a block's bytes are its own", [] {
    std::vector<Block> live;
    unsigned char mark = 0;
    const int steps = *rc::gen::inRange(1, 400);
    for (int i = 0; i < steps; ++i) {
      if (!live.empty() && *rc::gen::inRange(0, 2) == 0) {
        const auto at = *rc::gen::inRange<std::size_t>(0, live.size());
        RC_ASSERT(whole(live[at]));
        std::swap(live[at], live.back());
        live.pop_back();
      } else {
        const int order = *rc::gen::inRange(0, 17);
        live.push_back(
            make(*rc::gen::inRange<std::size_t>(0, (std::size_t{1} << order) + 2), ++mark));
      }
    }
    for (const Block& block : live) RC_ASSERT(whole(block));
  });
}

TEST(Allocate, BlocksAreAlignedForAnything) {
  std::vector<std::unique_ptr<unsigned char[]>> blocks;
  for (std::size_t size = 0; size < 40000; size += 1 + size / 7) {
    for (int again = 0; again < 3; ++again) {
      blocks.push_back(std::make_unique_for_overwrite<unsigned char[]>(size));
      const auto address = reinterpret_cast<std::uintptr_t>(blocks.back().get());
      EXPECT_EQ(address % alignof(std::max_align_t), 0U) << size;
    }
    if (size % 3 == 0) blocks.clear();
  }
}

// What one thread makes others free, while threads come and go.
TEST(Allocate, BlocksMayBeFreedByAnotherThread) {
  for (int round = 0; round < 20; ++round) {
    std::vector<Block> blocks;
    std::thread maker([&] {
      for (std::size_t i = 0; i < 2000; ++i)
        blocks.push_back(make(1 + i * 37 % 5000, static_cast<unsigned char>(i)));
    });
    maker.join();
    std::thread user([&] {
      for (const Block& block : blocks) EXPECT_TRUE(whole(block));
      blocks.clear();
      for (std::size_t i = 0; i < 100; ++i)
        blocks.push_back(make(1 + i * 53 % 3000, static_cast<unsigned char>(i)));
    });
    user.join();
    for (const Block& block : blocks) EXPECT_TRUE(whole(block));
  }
}

}  // namespace
}  // namespace interposer
