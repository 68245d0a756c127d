#include <gtest/gtest.h>

#include "knowledge/parse/parsed.h"
#include "knowledge/parse/pdf_layout.h"
#include "knowledge/parse/worker.h"
#include "knowledge/testing.h"

namespace interposer::knowledge {
namespace {

std::string shown(const Parsed& parsed) {
  std::string out;
  for (const Block& block : parsed.blocks) {
    out += std::string(block_kind_name(block.kind));
    if (block.level) out += std::to_string(block.level);
    out += ": " +
           parsed.text.substr(static_cast<std::size_t>(block.start),
                              static_cast<std::size_t>(block.end - block.start)) +
           "\n";
  }
  return out;
}

TEST(Markdown, ReadsAsAReaderSeesIt) {
  const auto parsed = parse_markdown("x.md",
                                     "---\ntitle: \"Front\"\n---\n# Head *one*\n\nSome **bold**, "
                                     "`code` and a [link](u).\nWrapped &amp; on.\n\n"
                                     "- item a\n  - nested\n- item b\n\n> quoted\n\n```\nint "
                                     "x;\n```\n\n| A | B |\n|---|---|\n| 1 | **2** |\n");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->title, "Front");
  EXPECT_EQ(shown(*parsed),
            "heading1: Head one\nparagraph: Some bold, code and a link. Wrapped & on.\nlist_item1: "
            "item a\n"
            "list_item2: nested\nlist_item1: item b\nparagraph: quoted\ncode: int x;\ntable: A | "
            "B\n1 | 2\n");
}

TEST(Markdown, RawHtmlLeavesItsText) {
  const auto parsed =
      parse_markdown("x.md", "<div>\n<b>Inside</b> <!-- hidden -->\n</div>\n\nA <i>b</i> c.\n");
  EXPECT_EQ(shown(*parsed), "paragraph: Inside\nparagraph: A b c.\n");
}

TEST(Text, IsTheFileItself) {
  const std::string source = "First para\r\nwraps.\r\n\r\n- item one\r\n- item two\r\n";
  const auto parsed = parse_text("x.txt", "\xEF\xBB\xBF" + source);
  EXPECT_EQ(parsed->text, source);
  EXPECT_EQ(shown(*parsed),
            "paragraph: First para\r\nwraps.\nlist_item1: item one\nlist_item1: item two\n");
}

TEST(Text, Utf16IsConvertedAndOtherBytesAreRefused) {
  EXPECT_EQ(parse_text("x", std::string_view("\xFF\xFEh\0i\0", 6))->text, "hi");
  EXPECT_EQ(parse_text("x", "ab\xC3(").error().kind, "invalid_utf8");
  EXPECT_NE(parse_text("x", "ab\xC3(").error().message.find("byte 2"), std::string::npos);
  EXPECT_EQ(parse_text("x", std::string_view("a\0", 2)).error().kind, "binary_file");
}

TEST(Csv, FollowsTheRules) {
  const auto parsed = parse_csv(
      "x.csv", "# note\na,\"b, c\",d\r\n1,\"say \"\"hi\"\"\",\n\n2,\"two\nlines\",3\n", '\0');
  ASSERT_EQ(parsed->blocks.size(), 2U);
  EXPECT_EQ(parsed->blocks[0].kind, BlockKind::kCaption);
  const TableBlock& table = *parsed->blocks[1].table;
  EXPECT_EQ(table.header[1].text, "b, c");
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[0][1].text, "say \"\"hi\"\"");
  EXPECT_EQ(table.rows[0][2].text, "");
  EXPECT_EQ(table.rows[1][1].text, "two\nlines");
  EXPECT_EQ(parse_csv("x", "a\tb\n1\t2\n\t\n\t\t", '\t')->blocks[0].table->rows.size(), 1U)
      << "rows of nothing";
  EXPECT_EQ(parse_csv("x", "a;b\n1,5;2\n", '\0')->blocks[0].table->rows[0][0].text, "1,5");
}

Result<Parsed> html(const std::string& source) { return parse_html("x.html", source); }

TEST(Html, ReadsWhatAReaderSees) {
  const auto parsed = html(
      "<html><head><title>The "
      "page</title><style>x{}</style></head><body><nav>menu</nav><h1>Head</h1>"
      "<p>One <b>two</b>\n three.<br>Four</p><script>bad()</script><div>Loose "
      "<span>text</span></div>"
      "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul><p style='display: none'>hidden</p>"
      "<p hidden>hidden</p><pre>x\n "
      "y</pre><table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>"
      "<table><tr><td>layout</td></tr></table></body></html>");
  ASSERT_TRUE(parsed.ok()) << parsed.error().to_string();
  EXPECT_EQ(parsed->title, "The page");
  EXPECT_EQ(shown(*parsed),
            "heading1: Head\nparagraph: One two three.\nFour\nparagraph: Loose text\nlist_item1: "
            "a\nlist_item1: b\n"
            "list_item2: c\ncode: x\n y\ntable: A | B\n1 | 2\nparagraph: layout\n");
}

TEST(Html, CellsOverRowsAndColumnsStandInEachPlace) {
  const auto parsed = html(
      "<table><tr><th rowspan=2>Board<th colspan=2>Memory<th rowspan=2>Maker</tr>"
      "<tr><th>GB<th>TB/s</tr><tr><td>H200<td>141<td>4.8<td rowspan=0>NVIDIA</tr>"
      "<tr><td>B200<td>180<td>8</tr><tr><td>one</tr></table>");
  ASSERT_TRUE(parsed.ok()) << parsed.error().to_string();
  EXPECT_EQ(shown(*parsed),
            "table: Board | Memory | Memory | Maker\nBoard | GB | TB/s | Maker\n"
            "H200 | 141 | 4.8 | NVIDIA\nB200 | 180 | 8 | NVIDIA\none |  |  | NVIDIA\n");
}

TEST(Html, HostileSpansAreBounded) {
  std::string page = "<table><tr><td colspan=99999 rowspan=99999>a<td colspan=-3 rowspan=x>b</tr>";
  for (int i = 0; i < 2000; ++i) page += "<tr><td>c<td>d</tr>";
  const auto parsed = html(page + "</table>");
  ASSERT_TRUE(parsed.ok()) << parsed.error().to_string();
  EXPECT_LT(parsed->text.size(), 512U * 1024);
}

TEST(Html, DeclaredEncodingsAreConverted) {
  const auto parsed = html("<meta charset=\"windows-1252\"><p>caf\xE9</p>");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->text, "caf\u00E9");
  EXPECT_EQ(html("<p>caf\xE9</p>").error().kind, "invalid_utf8");
}

// Gumbo's time grows with the square of the depth; the child's limits end what is worse than this.
TEST(Html, DeepNestingIsNoRecursion) {
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "<div>";
  const auto parsed = html(deep + "text");
  ASSERT_TRUE(parsed.ok()) << parsed.error().to_string();
  EXPECT_EQ(parsed->text, "text");
}

TEST(Html, WhatTheChildSaysIsChecked) {
  Parsed parsed =
      *parse_html_here("<p>Some text here.</p><table><tr><td>a</td><td>b</td></tr></table>");
  const std::string bytes = encode_parsed(parsed);
  EXPECT_EQ(decode_parsed(bytes)->text, parsed.text);
  for (std::size_t n = 0; n < bytes.size(); ++n)
    EXPECT_FALSE(decode_parsed(std::string_view(bytes).substr(0, n)).ok());
}

TEST(PdfLayout, JoinsLinesAndDropsRunningHeads) {
  std::string text;
  for (int page = 1; page <= 4; ++page)
    text +=
        "Annual report\nThis line is a full one and it goes on un-\ntil the end of the second "
        "line, as it has\n"
        "to.\n\nShort heading\nThe paragraph that follows the heading is here now.\n" +
        std::to_string(page) + "/4\n\f";
  const Parsed parsed = lay_out_pages(text);
  EXPECT_EQ(parsed.text.find("Annual report"), std::string::npos);
  EXPECT_EQ(parsed.text.find("/4"), std::string::npos);
  EXPECT_NE(parsed.text.find("it goes on until the end of the second line, as it has to."),
            std::string::npos);
  EXPECT_EQ(parsed.blocks[1].kind, BlockKind::kHeading);
  EXPECT_EQ(parsed.blocks.back().page, 4);
}

// A PDF of one page written by hand; `content` is its drawing program.
std::string pdf(const std::string& content, const std::string& more = "",
                const std::string& trailer = "") {
  std::string out = "%PDF-1.4\n";
  std::vector<std::size_t> at;
  const auto object = [&](const std::string& body) {
    at.push_back(out.size());
    out += std::to_string(at.size()) + " 0 obj\n" + body + "\nendobj\n";
  };
  object("<</Type/Catalog/Pages 2 0 R>>");
  object("<</Type/Pages/Kids[3 0 R]/Count 1>>");
  object(
      "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 "
      "R>>" +
      more + ">>>>");
  object("<</Length " + std::to_string(content.size()) + ">>stream\n" + content + "\nendstream");
  object("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
  object(
      "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent "
      "8/Length 1>>stream\nx\nendstream");
  const std::size_t table = out.size();
  out += "xref\n0 " + std::to_string(at.size() + 1) + "\n0000000000 65535 f \n";
  for (const std::size_t offset : at) {
    char line[32];
    std::snprintf(line, sizeof line, "%010zu 00000 n \n", offset);
    out += line;
  }
  return out + "trailer<</Size 7/Root 1 0 R" + trailer + ">>\nstartxref\n" + std::to_string(table) +
         "\n%%EOF\n";
}

TEST(Pdf, GivesTextWithPagesOrAReason) {
  const auto good =
      parse_pdf("x.pdf", pdf("BT /F 12 Tf 50 700 Td (The rack uses 120 kW of power.) Tj ET"));
  if (!good && good.error().kind == "missing_program") GTEST_SKIP() << good.error().message;
  ASSERT_TRUE(good.ok()) << good.error().to_string();
  EXPECT_EQ(good->text, "The rack uses 120 kW of power.");
  EXPECT_EQ(good->blocks[0].page, 1);
  EXPECT_EQ(parse_pdf("x.pdf", pdf("")).error().kind, "empty_file");
  const auto scanned =
      parse_pdf("x.pdf", pdf("q 100 0 0 100 0 0 cm /I Do Q", "/XObject<</I 6 0 R>>"));
  EXPECT_EQ(scanned.error().kind, "scanned") << scanned.error().to_string();
  const std::string whole = pdf("BT /F 12 Tf 50 700 Td (Text.) Tj ET");
  EXPECT_EQ(parse_pdf("x.pdf", whole.substr(0, whole.size() / 2)).error().kind, "truncated");
  EXPECT_EQ(parse_pdf("x.pdf", "hello").error().kind, "malformed");
  EXPECT_EQ(parse_pdf("x.pdf", "%PDF-1.4\nnonsense\n%%EOF\n").error().kind, "malformed");
}

// The standard handler (PDF 1.7, 7.6.3) with keys that the empty password does not open.
TEST(Pdf, AnEncryptedFileIsToldFromADamagedOne) {
  const std::string key(64, 'A'), id(32, '0');
  const auto locked =
      parse_pdf("x.pdf", pdf("BT /F 12 Tf 50 700 Td (Text.) Tj ET", "",
                             "/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<" + key + ">/U<" + key +
                                 ">>>/ID[<" + id + "><" + id + ">]"));
  ASSERT_FALSE(locked.ok());
  if (locked.error().kind == "missing_program") GTEST_SKIP() << locked.error().message;
  EXPECT_EQ(locked.error().kind, "encrypted") << locked.error().to_string();
}

TEST(Docling, RealFilesAreRead) {
  const std::string data = test_data("retrieval/docling");
  if (data.empty()) GTEST_SKIP() << "no test data";
  int read = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data)) {
    const std::string path = entry.path().string();
    if (!entry.is_regular_file() || kind_of(path) == Kind::kUnknown) continue;
    std::ifstream in(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const auto parsed = parse(kind_of(path), path, bytes);
    if (!parsed) {
      EXPECT_FALSE(parsed.error().kind.empty()) << parsed.error().to_string();
      continue;
    }
    ++read;
    EXPECT_EQ(decode_parsed(encode_parsed(*parsed)).ok(), true) << path;
  }
  EXPECT_GT(read, 20);
}

}  // namespace
}  // namespace interposer::knowledge
