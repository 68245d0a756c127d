// kill -9 during ingest: the base opens, every document that was told searchable is there and
// whole, and the index made anew has the same bytes.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>
#include <set>

#include "knowledge/base_state.h"
#include "knowledge/testing.h"

namespace interposer::knowledge {
namespace {

// Ingests forever, telling each committed file on the pipe.
[[noreturn]] void ingest_until_killed(const std::string& home, const std::string& docs, int tell) {
  auto knowledge = Knowledge::open(home);
  if (!knowledge || !(*knowledge)->add_base({"b", {}, std::make_shared<HashingEmbedder>()}))
    ::_exit(1);
  IngestRequest request{.base = "b", .paths = {docs}, .vectors = false};
  request.progress = [&](const FileEvent& event) {
    if (event.state != FileEvent::State::kSearchable) return;
    const std::string line = event.file + "\n";
    if (::write(tell, line.data(), line.size()) < 0) ::_exit(2);
  };
  if (!(*knowledge)->ingest(request)) ::_exit(3);
  ::_exit(0);
}

// Kills the child after so many bytes of what it tells.
std::string run_and_kill(const std::string& home, const std::string& docs, std::size_t after) {
  int fds[2];
  EXPECT_EQ(::pipe(fds), 0);
  const ::pid_t child = ::fork();
  if (child == 0) {
    ::close(fds[0]);
    ingest_until_killed(home, docs, fds[1]);
  }
  ::close(fds[1]);
  std::string told;
  char buffer[256];
  ::ssize_t n = 0;
  while (told.size() < after && (n = ::read(fds[0], buffer, sizeof buffer)) > 0)
    told.append(buffer, static_cast<std::size_t>(n));
  ::kill(child, SIGKILL);
  while ((n = ::read(fds[0], buffer, sizeof buffer)) > 0)
    told.append(buffer, static_cast<std::size_t>(n));
  ::close(fds[0]);
  int ended = 0;
  ::waitpid(child, &ended, 0);
  EXPECT_TRUE(WIFSIGNALED(ended) || (WIFEXITED(ended) && WEXITSTATUS(ended) == 0)) << ended;
  return told;
}

TEST(Crash, KillMinusNineDuringIngestLosesNothingCommitted) {
  const TempDir home, docs;
  for (int i = 0; i < 60; ++i)
    write_file(docs.file("f" + std::to_string(i) + ".md"),
               "# Doc\n\nSentence about unique" + std::to_string(i) +
                   " things.\n\n## More\n\nA second chunk.\n");
  std::mt19937 random(11);
  std::set<std::string> told;
  for (int round = 0; round < 8; ++round) {
    const std::string text = run_and_kill(home.path(), docs.path(), 1 + random() % 400);
    for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != text.npos; at = end + 1)
      told.insert(text.substr(at, end - at));
    // Between two rounds a file changes, so that versions are retired as well.
    write_file(docs.file("f" + std::to_string(round) + ".md"),
               "# Doc\n\nChanged unique" + std::to_string(round) + ".\n");
    auto knowledge = std::move(*Knowledge::open(home.path()));
    ASSERT_TRUE(knowledge->has_base("b"));
    for (const auto& file : told) {
      const auto version = knowledge->version("b/" + file.substr(docs.path().size() + 1), "");
      ASSERT_TRUE(version.ok()) << "lost " << file;
      EXPECT_FALSE(version->sentences.empty());
      EXPECT_FALSE(version->blocks.empty());
    }
  }
  EXPECT_GT(told.size(), 8U);
  // What a catch-up of a saved index gives equals what is made from nothing.
  auto records = std::move(*Records::open(home.path() + "/records.db"));
  BaseState caught, fresh;
  caught.id = fresh.id = (*records->bases())[0].id;
  caught.file = home.path() + "/index/" + std::to_string(caught.id) + ".ips";
  ASSERT_TRUE(load_index(caught, *records));
  ASSERT_TRUE(rebuild_index(fresh, *records, {}));
  EXPECT_GT(fresh.index.counts().chunks, 0);
  EXPECT_EQ(caught.index.serialize(""), fresh.index.serialize(""));
}

}  // namespace
}  // namespace interposer::knowledge
