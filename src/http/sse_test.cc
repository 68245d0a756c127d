#include "http/sse.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace interposer::http {
namespace {

std::vector<std::string> frames_of(const std::string& bytes, std::size_t piece) {
  SseSplitter splitter;
  std::vector<std::string> out;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    EXPECT_TRUE(splitter.push(std::string_view(bytes).substr(at, piece)).ok());
    std::uint32_t begin = 0;
    for (const std::uint32_t end : splitter.ends()) {
      out.emplace_back(splitter.complete().substr(begin, end - begin));
      begin = end;
    }
  }
  if (splitter.has_partial()) out.emplace_back("partial");
  return out;
}

TEST(SseSplitter, AnyPiecesGiveTheSameFrames) {
  const std::string bytes =
      "data: a\n\ndata: b\r\n\r\n: c\r\r\ndata: d\ndata: e\n\nevent: f\r\ndata:g\n\r\ndata: h";
  const std::vector<std::string> wanted = frames_of(bytes, bytes.size());
  EXPECT_EQ(wanted.size(), 6u);
  EXPECT_EQ(wanted[0], "data: a\n\n");
  EXPECT_EQ(wanted[1], "data: b\r\n\r\n");
  EXPECT_EQ(wanted[5], "partial");
  for (std::size_t piece = 1; piece < 20; ++piece) EXPECT_EQ(frames_of(bytes, piece), wanted);
}

TEST(SseSplitter, FramesJoinedAreTheStream) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    for (int i = 0; i < 40; ++i) bytes += "\n\r:a"[random() % 4];
    std::string joined;
    for (const std::string& frame : frames_of(bytes, 1 + random() % 6)) {
      if (frame != "partial") joined += frame;
    }
    EXPECT_EQ(bytes.substr(0, joined.size()), joined);
    EXPECT_EQ(frames_of(bytes, 1), frames_of(bytes, 40));
  }
}

TEST(SseSplitter, AnEndlessFrameIsRefused) {
  SseSplitter splitter(100);
  EXPECT_TRUE(splitter.push(std::string(100, 'x')).ok());
  const Status full = splitter.push("x");
  ASSERT_FALSE(full.ok());
  EXPECT_EQ(full.error().code, Code::kTooLarge);
  SseSplitter many(100);
  for (int i = 0; i < 100; ++i)
    EXPECT_TRUE(many.push("data: " + std::string(50, 'x') + "\n\n").ok());
}

TEST(SseFrame, Fields) {
  const SseFrame frame = parse_sse_frame(
      ": comment\r\nevent: delta\nid: 7\ndata: one\rdata:two\ndata\ndata:  three\nother: x\n\n");
  EXPECT_EQ(frame.event, "delta");
  EXPECT_EQ(frame.id, "7");
  EXPECT_EQ(frame.data, "one\ntwo\n\n three");
  EXPECT_FALSE(frame.comment_only);
  EXPECT_TRUE(parse_sse_frame(": keep-alive\n\n").comment_only);
  EXPECT_FALSE(parse_sse_frame("\n").comment_only);
  EXPECT_EQ(parse_sse_frame("data: [DONE]\n\n").data, "[DONE]");
}

}  // namespace
}  // namespace interposer::http
