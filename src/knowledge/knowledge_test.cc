#include "knowledge/knowledge.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "knowledge/testing.h"

namespace interposer::knowledge {
namespace {

class KnowledgeTest : public ::testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    knowledge.reset();
    auto opened = Knowledge::open(home.path());
    ASSERT_TRUE(opened.ok()) << opened.error().to_string();
    knowledge = std::move(*opened);
    ASSERT_TRUE(knowledge->add_base({"b", {}, embedder}));
  }
  IngestSummary ingest(const std::vector<std::string>& paths, Format format = Format::kAuto) {
    events.clear();
    IngestRequest request{.base = "b", .paths = paths, .format = format};
    request.progress = [&](const FileEvent& e) { events.push_back(e); };
    const auto done = knowledge->ingest(request);
    EXPECT_TRUE(done.ok()) << (done.ok() ? "" : done.error().to_string());
    return done.ok() ? *done : IngestSummary{};
  }
  std::vector<Hit> search(const std::string& query, LegChoice legs = LegChoice::kBoth) {
    const auto found = knowledge->search({.base = "b", .query = query, .k = 10, .legs = legs});
    EXPECT_TRUE(found.ok()) << (found.ok() ? "" : found.error().to_string());
    return found.ok() ? found->hits : std::vector<Hit>{};
  }
  const FileEvent* failure() const {
    const auto found = std::find_if(events.begin(), events.end(), [](const FileEvent& e) {
      return e.state == FileEvent::State::kFailed;
    });
    return found == events.end() ? nullptr : &*found;
  }
  std::string doc(const std::string& name) const { return docs.path() + "/" + name; }

  TempDir home, docs;
  std::shared_ptr<HashingEmbedder> embedder = std::make_shared<HashingEmbedder>();
  std::unique_ptr<Knowledge> knowledge;
  std::vector<FileEvent> events;
};

TEST_F(KnowledgeTest, FindsWhatWasIngestedAndQuotesItVerbatim) {
  write_file(doc("a.md"),
             "# Boards\n\n## Memory\n\nThe **H200** carries [141 GB](x) of HBM3e. It was new.\n");
  write_file(doc("b.txt"), "Caf\xC3\xA9 culture\r\n\r\nPeople drink coffee in Vienna.\r\n");
  const auto summary = ingest({docs.path()});
  EXPECT_EQ(summary.added, 2);
  EXPECT_EQ(summary.vectors, summary.chunks);
  const auto hits = search("how much memory does the H200 carry");
  ASSERT_FALSE(hits.empty());
  EXPECT_EQ(hits[0].document, "b/a.md");
  EXPECT_EQ(hits[0].title, "Boards");
  EXPECT_EQ(hits[0].context, "Boards > Memory");
  EXPECT_EQ(hits[0].text, "The H200 carries 141 GB of HBM3e. It was new.");
  EXPECT_TRUE(hits[0].legs.lexical && hits[0].legs.vector);
  for (const auto& query : {"H200 memory", "cafe vienna", "CAF\xC3\x89"}) {
    for (const Hit& hit : search(query)) {
      const auto version = knowledge->version(hit.document, hit.version);
      ASSERT_TRUE(version.ok());
      EXPECT_EQ(version->text.substr(static_cast<std::size_t>(hit.start),
                                     static_cast<std::size_t>(hit.end - hit.start)),
                hit.text);
    }
  }
  EXPECT_EQ(search("cafe")[0].document, "b/b.txt") << "diacritics fold both ways";
}

TEST_F(KnowledgeTest, UnchangedFilesCostNothing) {
  write_file(doc("a.md"), "# A\n\nOne sentence about turbines.\n");
  EXPECT_EQ(ingest({docs.path()}).added, 1);
  const int embedded = embedder->passages;
  for (int i = 0; i < 5; ++i) {
    if (i == 2)
      std::filesystem::last_write_time(doc("a.md"), std::filesystem::file_time_type::clock::now());
    const auto again = ingest({docs.path()});
    EXPECT_EQ(again.unchanged, 1);
    EXPECT_EQ(again.added + again.changed + again.deleted + again.chunks, 0);
  }
  std::filesystem::rename(doc("a.md"), doc("renamed.md"));
  const auto renamed = ingest({docs.path()});
  EXPECT_EQ(renamed.added, 1);
  EXPECT_EQ(renamed.deleted, 1);
  EXPECT_EQ(embedder->passages, embedded) << "the same content is embedded once";
  ASSERT_EQ(search("turbines").size(), 1U);
  EXPECT_EQ(search("turbines")[0].document, "b/renamed.md");
}

TEST_F(KnowledgeTest, AnEditedSourceKeepsItsOldVersion) {
  write_file(doc("a.md"), "# A\n\nThe price is 100 dollars.\n");
  ingest({docs.path()});
  const Hit old = search("price")[0];
  write_file(doc("a.md"), "# A\n\nThe price is 250 dollars now.\n");
  EXPECT_EQ(ingest({docs.path()}).changed, 1);
  const Hit now = search("price")[0];
  EXPECT_NE(old.version, now.version);
  EXPECT_EQ(now.text, "The price is 250 dollars now.");
  const auto before = knowledge->version(old.document, old.version);
  ASSERT_TRUE(before.ok());
  EXPECT_FALSE(before->info.current);
  EXPECT_NE(before->text.find("100 dollars"), std::string::npos);
  EXPECT_TRUE(knowledge->version(old.document, "")->info.current);
  EXPECT_EQ(search("100", LegChoice::kLexical).size(), 0U) << "an old version is not searched";
  write_file(doc("a.md"), "# A\n\nThe price is 100 dollars.\n");
  ingest({docs.path()});
  EXPECT_EQ(search("price")[0].version, old.version);
}

TEST_F(KnowledgeTest, DeletionsOfGivenPathsAreFollowed) {
  write_file(doc("x/a.md"), "# A\n\nApples.\n");
  write_file(doc("x/b.md"), "# B\n\nBananas.\n");
  write_file(doc("y/c.md"), "# C\n\nCherries.\n");
  ingest({doc("x"), doc("y")});
  std::filesystem::remove(doc("x/a.md"));
  EXPECT_EQ(ingest({doc("y")}).deleted, 0) << "another path's files are not touched";
  EXPECT_EQ(search("apples", LegChoice::kLexical).size(), 1U);
  EXPECT_EQ(ingest({doc("x")}).deleted, 1);
  EXPECT_EQ(search("apples", LegChoice::kLexical).size(), 0U);
  std::filesystem::remove_all(doc("x"));
  EXPECT_EQ(ingest({doc("x")}).deleted, 1) << "the folder itself is gone";
  EXPECT_EQ(knowledge->base("b")->documents, 1);
}

TEST_F(KnowledgeTest, UploadsAndRemoval) {
  IngestRequest how;
  EXPECT_EQ(knowledge->ingest_bytes("b", "note.md", "# N\n\nZebras run.", how)->added, 1);
  EXPECT_EQ(knowledge->ingest_bytes("b", "note.md", "# N\n\nZebras run.", how)->unchanged, 1);
  EXPECT_EQ(search("zebras").size(), 1U);
  EXPECT_TRUE(knowledge->remove("b/note.md"));
  EXPECT_EQ(search("zebras").size(), 0U);
  EXPECT_EQ(knowledge->remove("b/note.md").error().code, Code::kNotFound);
  EXPECT_EQ(knowledge->ingest_bytes("b", "note.md", "# N\n\nZebras run.", how)->added, 1)
      << "it may return";
  EXPECT_EQ(search("zebras").size(), 1U);
}

TEST_F(KnowledgeTest, EveryFailureHasAReason) {
  const auto reason = [&](const std::string& name, const std::string& bytes) {
    write_file(doc(name), bytes);
    ingest({doc(name)});
    const FileEvent* failed = failure();
    return failed ? failed->reason : std::string("no failure");
  };
  EXPECT_NE(reason("empty.md", "").find("is empty"), std::string::npos);
  EXPECT_NE(reason("blank.txt", " \n\n").find("holds no text"), std::string::npos);
  EXPECT_NE(reason("binary.txt", std::string("ab\0cd", 5)).find("binary file"), std::string::npos);
  EXPECT_NE(reason("latin.txt", "caf\xE9").find("byte 3"), std::string::npos);
  EXPECT_NE(reason("x.docx", "PK").find("not read"), std::string::npos);
  EXPECT_NE(reason("not.pdf", "hello").find("not a PDF"), std::string::npos);
  ingest({doc("missing.md")});
  ASSERT_NE(failure(), nullptr);
  EXPECT_NE(failure()->reason.find("no such file"), std::string::npos);
  EXPECT_EQ(knowledge->base("b")->documents, 0);
}

TEST_F(KnowledgeTest, AFolderWithoutPermissionIsToldAndKeepsWhatWasKnown) {
  if (::geteuid() == 0) {
    // Root reads everything: be somebody else for this.
    write_file(doc("closed/a.md"), "# A\n\nSecret apples.\n");
    ingest({docs.path()});
    ASSERT_EQ(::chmod(doc("closed").c_str(), 0), 0);
    ASSERT_EQ(::chmod(docs.path().c_str(), 0755), 0);
    ASSERT_EQ(::chmod(home.path().c_str(), 0777), 0);
    knowledge.reset();
    for (const auto& entry : std::filesystem::recursive_directory_iterator(home.path()))
      ASSERT_EQ(::chmod(entry.path().c_str(), 0777), 0);
    const ::pid_t child = ::fork();
    if (child == 0) {
      if (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0)
        ::_exit(9);
      open();
      const auto summary = ingest({docs.path()});
      const bool told = failure() && failure()->reason.find("no permission") != std::string::npos &&
                        !failure()->remedy.empty();
      const bool kept = summary.deleted == 0 && search("apples").size() == 1;
      knowledge.reset();
      ::_exit(told && kept ? 0 : 1);
    }
    int ended = 0;
    ::waitpid(child, &ended, 0);
    ASSERT_EQ(::chmod(doc("closed").c_str(), 0700), 0);
    EXPECT_TRUE(WIFEXITED(ended));
    EXPECT_EQ(WEXITSTATUS(ended), 0);
  } else {
    GTEST_SKIP() << "not root";
  }
}

TEST_F(KnowledgeTest, LinesOfTsvAndJson) {
  write_file(doc("d.tsv"), "1\tapples grow\n2\tbananas bend\n\nbroken line\n2\ttwice\n");
  auto summary = ingest({doc("d.tsv")}, Format::kTsv);
  EXPECT_EQ(summary.added, 2);
  EXPECT_EQ(summary.failed, 2);
  ASSERT_NE(failure(), nullptr);
  EXPECT_NE(failure()->reason.find("d.tsv:4"), std::string::npos);
  write_file(doc("d.tsv"), "1\tapples grow\n3\tcherries fall\n");
  summary = ingest({doc("d.tsv")}, Format::kTsv);
  EXPECT_EQ(summary.added, 1);
  EXPECT_EQ(summary.unchanged, 1);
  EXPECT_EQ(summary.deleted, 1);
  write_file(doc("d.jsonl"),
             R"({"id":"j","title":"Fruit","text":"dates are sweet","uri":"https://x/y"})");
  EXPECT_EQ(ingest({doc("d.jsonl")}, Format::kJsonl).added, 1);
  const auto hits = search("dates");
  ASSERT_FALSE(hits.empty());
  EXPECT_EQ(hits[0].title, "Fruit");
  EXPECT_EQ(hits[0].uri, "https://x/y");
}

TEST_F(KnowledgeTest, OpensWithItsIndexAndAnswersTheSame) {
  for (int i = 0; i < 30; ++i)
    write_file(doc("f" + std::to_string(i) + ".md"),
               "# T\n\nDocument number " + std::to_string(i) + " about turbines.\n");
  ingest({docs.path()});
  std::filesystem::remove(doc("f3.md"));
  ingest({docs.path()});
  const auto before = search("document 7 turbines");
  open();
  const auto after = search("document 7 turbines");
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].document, after[i].document);
    EXPECT_EQ(before[i].score, after[i].score);
  }
  ASSERT_TRUE(knowledge->reindex("b", {}));
  const auto rebuilt = search("document 7 turbines");
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(before[i].score, rebuilt[i].score);
}

TEST_F(KnowledgeTest, SearchGoesOnByWordsWhenTheEmbedderIsDown) {
  write_file(doc("a.md"), "# A\n\nTurbines turn.\n");
  ingest({docs.path()});
  embedder->fail = true;
  const auto found = knowledge->search({.base = "b", .query = "turbines"});
  ASSERT_TRUE(found.ok());
  EXPECT_FALSE(found->vector);
  EXPECT_EQ(found->hits.size(), 1U);
  EXPECT_FALSE(
      knowledge->search({.base = "b", .query = "turbines", .legs = LegChoice::kVector}).ok());
}

TEST_F(KnowledgeTest, TablesOfCsvAndMarkdownHaveCellsThatQuote) {
  write_file(doc("boards.csv"), "board,memory_gb,note\nH200,141,\"fast, new\"\nB200,192,\n");
  write_file(doc("t.md"),
             "# Split\n\nWho sells what.\n\n| Maker | Share |\n|---|---|\n| A | **50** % |\n| B | "
             "20 % |\n");
  ingest({docs.path()});
  const auto tables = knowledge->tables("b");
  ASSERT_TRUE(tables.ok());
  ASSERT_EQ(tables->size(), 2U);
  for (const auto& ref : *tables) {
    const auto version = knowledge->version(ref.document, ref.version);
    ASSERT_TRUE(version.ok());
    for (const auto& row : ref.table.rows)
      for (const Cell& cell : row)
        EXPECT_EQ(cell.text, version->text.substr(static_cast<std::size_t>(cell.start),
                                                  static_cast<std::size_t>(cell.end - cell.start)));
  }
  EXPECT_EQ((*tables)[0].table.header[1].text, "memory_gb");
  EXPECT_EQ((*tables)[0].table.rows[0][2].text, "fast, new");
  EXPECT_EQ((*tables)[1].table.rows[0][1].text, "50 %");
  EXPECT_EQ((*tables)[1].caption, "Split\nWho sells what.");
  const auto hits = search("H200 memory_gb");
  ASSERT_FALSE(hits.empty());
  EXPECT_EQ(hits[0].document, "b/boards.csv");
}

TEST_F(KnowledgeTest, SentencesOfASpanKnowWhatTheyLeanOn) {
  write_file(doc("a.md"), "# A\n\n## Part\n\nThe rack uses 120 kW. It is cooled by water. Done.\n");
  ingest({docs.path()});
  const Hit hit = search("rack cooled water")[0];
  const auto sentences = knowledge->sentences(hit.document, hit.version, hit.start, hit.end);
  ASSERT_TRUE(sentences.ok());
  ASSERT_EQ(sentences->size(), 3U);
  EXPECT_EQ((*sentences)[1].text, "It is cooled by water.");
  EXPECT_EQ((*sentences)[1].previous, "The rack uses 120 kW.");
  EXPECT_EQ((*sentences)[1].heading, "A > Part");
  const auto vectors = knowledge->sentence_vectors("b", {"one text", "another"});
  ASSERT_EQ(vectors->size(), 2U);
  const int asked = embedder->passages;
  EXPECT_EQ(*knowledge->sentence_vectors("b", {"another", "one text"}),
            (std::vector<std::vector<float>>{(*vectors)[1], (*vectors)[0]}));
  EXPECT_EQ(embedder->passages, asked) << "cached";
}

TEST_F(KnowledgeTest, TermsHaveTheirWordsAndFrequencies) {
  write_file(doc("a.md"), "# A\n\nTurbines turn.\n");
  ingest({docs.path()});
  const auto terms = knowledge->terms("b", "What turbines exist?");
  ASSERT_EQ(terms->size(), 2U);
  EXPECT_EQ((*terms)[0].word, "turbines");
  EXPECT_EQ((*terms)[0].documents, 1);
  EXPECT_EQ((*terms)[1].documents, 0);
  EXPECT_GT((*terms)[1].idf, (*terms)[0].idf);
}

TEST_F(KnowledgeTest, UnknownBasesNameTheNearest) {
  const auto found = knowledge->search({.base = "bb", .query = "x"});
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().kind, "unknown_base");
  EXPECT_FALSE(knowledge->add_base({"a/b", {}, nullptr}));
  EXPECT_EQ(knowledge->version("b/none", "").error().code, Code::kNotFound);
}

}  // namespace
}  // namespace interposer::knowledge
