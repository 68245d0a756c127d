#include "engine/text_stream.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/utf8.h"

namespace interposer::engine {
namespace {

struct Streamed {
  std::string text;
  std::string stop;
  bool whole = true;  // every piece was valid UTF-8
};

Streamed stream_cut(const std::string& bytes, std::vector<std::string> stops,
                    std::mt19937_64* random) {
  TextStream stream(std::move(stops));
  Streamed out;
  for (std::size_t at = 0; at < bytes.size() && !stream.stopped();) {
    std::size_t n = std::min<std::size_t>(1 + (*random)() % 4, bytes.size() - at);
    std::string piece = stream.push(std::string_view(bytes).substr(at, n));
    out.whole = out.whole && utf8_valid(piece);
    out.text += piece;
    at += n;
  }
  if (!stream.stopped()) out.text += stream.finish();
  out.stop = stream.stop_sequence();
  return out;
}

TEST(TextStream, AnyCuttingGivesTheSameText) {
  std::string text = "h\xC3\xA9llo \xE2\x82\xAC \xF0\x9F\x98\x80 end";
  std::mt19937_64 random(1);
  for (int i = 0; i < 500; ++i) {
    Streamed r = stream_cut(text, {"never", "\xF0\x9F\x98\x81", "endless"}, &random);
    ASSERT_EQ(r.text, text);
    ASSERT_TRUE(r.whole);
    ASSERT_EQ(r.stop, "");
  }
}

// The oracle is a search in the whole text: the first stop that is complete wins.
TEST(TextStream, StopsWhereASearchOfTheWholeWouldFindIt) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (std::size_t n = random() % 30; text.size() < n;) text += "ab\n"[random() % 3];
    std::vector<std::string> stops;
    for (std::size_t n = 1 + random() % 3; stops.size() < n;) {
      std::string stop;
      for (std::size_t k = 1 + random() % 4; stop.size() < k;) stop += "ab\n"[random() % 3];
      stops.push_back(stop);
    }
    // Bytes arrive one by one: the stop that ends first ends the answer.
    std::string expected = text;
    bool stopped = false;
    for (std::size_t end = 1; end <= text.size() && !stopped; ++end) {
      std::size_t first = std::string::npos;
      for (const auto& stop : stops) first = std::min(first, text.substr(0, end).find(stop));
      if (first != std::string::npos) {
        expected = text.substr(0, first);
        stopped = true;
      }
    }
    TextStream stream(stops);
    std::string out;
    for (char c : text) {
      out += stream.push(std::string(1, c));
      if (stream.stopped()) break;
    }
    if (!stream.stopped()) out += stream.finish();
    ASSERT_EQ(out, expected);
    ASSERT_EQ(stream.stopped(), stopped);
  }
}

TEST(TextStream, HalfACodePointAtTheEndIsShownAsReplaced) {
  TextStream stream({});
  EXPECT_EQ(stream.push("a\xE2\x82"), "a");
  EXPECT_EQ(stream.finish(), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(stream.released(), 3U);
}

TEST(TextStream, RandomBytesNeverLeaveAsInvalidText) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 1000; ++i) {
    std::string bytes;
    for (std::size_t n = random() % 40; bytes.size() < n;) bytes += static_cast<char>(random());
    ASSERT_TRUE(stream_cut(bytes, {"xx"}, &random).whole);
  }
}

}  // namespace
}  // namespace interposer::engine
