#include "knowledge/text/sentences.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/utf8.h"
#include "knowledge/parse/parsed.h"
#include "knowledge/text/chunker.h"

namespace interposer::knowledge {
namespace {

std::vector<std::string> sentences_of(const std::string& text) {
  Block block;
  block.end = static_cast<std::int64_t>(text.size());
  std::vector<std::string> out;
  for (const Span& s : split_sentences(text, {block}))
    out.push_back(
        text.substr(static_cast<std::size_t>(s.start), static_cast<std::size_t>(s.end - s.start)));
  return out;
}

using List = std::vector<std::string>;

TEST(Sentences, EndWhereAPersonWouldEndThem) {
  EXPECT_EQ(sentences_of("One. Two! Three? Four"), (List{"One.", "Two!", "Three?", "Four"}));
  EXPECT_EQ(sentences_of("It costs 3.35 TB/s. HBM3e is 4.8 TB/s."),
            (List{"It costs 3.35 TB/s.", "HBM3e is 4.8 TB/s."}));
  EXPECT_EQ(sentences_of("Dr. Smith et al. wrote it. See Fig. 3 and No. 5. Good."),
            (List{"Dr. Smith et al. wrote it.", "See Fig. 3 and No. 5.", "Good."}));
  EXPECT_EQ(sentences_of("E.g. this, i.e. that. The U.S. Navy came. J. K. Rowling wrote."),
            (List{"E.g. this, i.e. that.", "The U.S. Navy came.", "J. K. Rowling wrote."}));
  EXPECT_EQ(sentences_of("Made in the U.S. The price fell."),
            (List{"Made in the U.S.", "The price fell."}));
  EXPECT_EQ(sentences_of("He said \"stop.\" Then he left."),
            (List{"He said \"stop.\"", "Then he left."}));
  EXPECT_EQ(sentences_of("Samsung Inc. sells. version 2.0 is out. e.g. lower case goes on."),
            (List{"Samsung Inc. sells. version 2.0 is out. e.g. lower case goes on."}));
  EXPECT_EQ(sentences_of("1. First item. Second."), (List{"1. First item.", "Second."}));
  EXPECT_EQ(sentences_of("\u4F60\u597D\u3002\u518D\u89C1\uFF01"),
            (List{"\u4F60\u597D\u3002", "\u518D\u89C1\uFF01"}));
  EXPECT_EQ(sentences_of("Wait... Really?! Yes."), (List{"Wait...", "Really?!", "Yes."}));
  EXPECT_EQ(sentences_of("Lines\r\nwrap here. Next\r\none."),
            (List{"Lines\r\nwrap here.", "Next\r\none."}));
}

TEST(Sentences, LongOnesAreCutAtWhiteSpace) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "word ";
  const auto all = sentences_of(text);
  EXPECT_GT(all.size(), 3U);
  for (const auto& s : all) {
    EXPECT_LE(s.size(), kMaxSentenceBytes);
    EXPECT_TRUE(s.starts_with("word"));
    EXPECT_TRUE(s.ends_with("word"));
  }
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

// The invariants that citations stand on, for whatever a parser made.
void check(const Parsed& parsed) {
  const auto spans = split_sentences(parsed.text, parsed.blocks);
  std::vector<bool> covered(parsed.text.size(), false);
  std::int64_t last = 0;
  for (const Span& s : spans) {
    RC_ASSERT(s.start >= last && s.start < s.end);
    RC_ASSERT(utf8_border(parsed.text, static_cast<std::size_t>(s.start)));
    RC_ASSERT(utf8_border(parsed.text, static_cast<std::size_t>(s.end)));
    const Block& block = parsed.blocks[static_cast<std::size_t>(s.block)];
    RC_ASSERT(s.start >= block.start && s.end <= block.end);
    RC_ASSERT(!is_space(parsed.text[static_cast<std::size_t>(s.start)]));
    RC_ASSERT(!is_space(parsed.text[static_cast<std::size_t>(s.end - 1)]));
    for (auto i = s.start; i < s.end; ++i) covered[static_cast<std::size_t>(i)] = true;
    last = s.end;
  }
  for (const Block& block : parsed.blocks)
    for (auto i = static_cast<std::size_t>(block.start); i < static_cast<std::size_t>(block.end);
         ++i)
      RC_ASSERT(covered[i] || is_space(parsed.text[i]));
  std::int64_t end = 0;
  for (const ChunkSpan& chunk : make_chunks(parsed, spans)) {
    RC_ASSERT(chunk.start >= end && chunk.start < chunk.end);
    end = chunk.end;
    const auto starts = [&](const Span& s) { return s.start == chunk.start; };
    const auto ends = [&](const Span& s) { return s.end == chunk.end; };
    RC_ASSERT(std::any_of(spans.begin(), spans.end(), starts) &&
              std::any_of(spans.begin(), spans.end(), ends));
  }
}

// Pieces that meet every rule: markup, CRLF, combining marks, emoji, right-to-left, wide scripts.
std::string composed(const std::vector<int>& picks) {
  static const char* const kPieces[] = {"word ",
                                        "The ",
                                        "etc. ",
                                        "3.5 ",
                                        ". ",
                                        "! ",
                                        "\r\n",
                                        "\n\n",
                                        "# ",
                                        "- ",
                                        "1. ",
                                        "| ",
                                        "|---|---|\n",
                                        "e\u0301",
                                        "\U0001F600",
                                        "\u05E9\u05DC\u05D5\u05DD ",
                                        "\u4F60\u597D\u3002",
                                        "\u0E20\u0E32\u0E29\u0E32",
                                        "**",
                                        "`",
                                        "[a](b) ",
                                        "&amp;",
                                        "\"",
                                        ",",
                                        ";",
                                        "\t",
                                        "(",
                                        ")",
                                        "U.S. ",
                                        "\u2026",
                                        "<b>",
                                        "```\n",
                                        "> "};
  std::string text;
  for (const int pick : picks) text += kPieces[static_cast<std::size_t>(pick) % std::size(kPieces)];
  return text;
}

TEST(Sentences, HoldTheirInvariantsForEveryParser) {
  const auto pieces = rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 1000));
  for (const Kind kind : {Kind::kText, Kind::kMarkdown, Kind::kCsv, Kind::kTsv}) {
    rc::check(std::string(kind_name(kind)), [&] {
      const auto parsed = parse(kind, "x", composed(*pieces));
      if (parsed) check(*parsed);
    });
  }
  rc::check("html", [&] {
    auto parsed = parse_html_here(composed(*pieces));
    if (parsed) check(*parsed);
  });
}

TEST(Chunks, FollowTheStructure) {
  const auto parsed =
      *parse_markdown("x.md",
                      "# Title\n\nIntro sentence.\n\n## A\n\nAlpha one. Alpha two.\n\n- item\n\n"
                      "## B\n\n| Maker | GB |\n|---|---|\n| X | 1 |\n| Y | 2 |\n\nAfter.\n");
  const auto chunks = make_chunks(parsed, split_sentences(parsed.text, parsed.blocks));
  std::vector<std::pair<std::string, std::string>> got;
  for (const auto& c : chunks)
    got.emplace_back(c.context, parsed.text.substr(static_cast<std::size_t>(c.start),
                                                   static_cast<std::size_t>(c.end - c.start)));
  const std::vector<std::pair<std::string, std::string>> want = {
      {"Title", "Intro sentence."},
      {"Title > A", "Alpha one. Alpha two.\n\nitem"},
      {"Title > B > Maker, GB", "X | 1\nY | 2"},
      {"Title > B", "After."}};
  EXPECT_EQ(got, want);
}

TEST(Chunks, AreAboutTheSizeTheyShouldBe) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "This sentence has exactly eight words in it. ";
  const auto parsed = *parse_text("x.txt", text);
  const auto chunks = make_chunks(parsed, split_sentences(parsed.text, parsed.blocks));
  EXPECT_EQ(chunks.size(), 6U);  // 800 words by at most 150, 18 sentences each
}

}  // namespace
}  // namespace interposer::knowledge
