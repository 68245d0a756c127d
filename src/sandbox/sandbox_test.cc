#include "sandbox/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <thread>

#include "base/temp_dir.h"
#include "sandbox/landlock.h"

namespace interposer::sandbox {
namespace {

class Sandbox : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!level().enough()) GTEST_SKIP() << "this machine cannot confine: " << level().describe();
  }
};

Outcome shell(const std::string& script, Limits limits = {}) {
  Command command;
  command.argv = {"/bin/sh", "-c", script};
  command.limits = limits;
  auto outcome = run(command);
  EXPECT_TRUE(outcome.ok()) << (outcome.ok() ? "" : outcome.error().to_string());
  return outcome.ok() ? std::move(*outcome) : Outcome{};
}

TEST_F(Sandbox, RunsAProgramWithItsInput) {
  Command command;
  command.argv = {"/bin/cat"};
  command.input = std::string(300000, 'x') + "end";
  const auto outcome = run(command);
  ASSERT_TRUE(outcome.ok()) << outcome.error().to_string();
  EXPECT_EQ(outcome->exit_code, 0);
  EXPECT_EQ(outcome->out, command.input);
  EXPECT_GT(outcome->peak_rss_bytes, 0);
}

TEST_F(Sandbox, KeepsWhatTheChildSaysOnStderrAndItsExitCode) {
  const Outcome outcome = shell("echo words >&2; exit 7");
  EXPECT_EQ(outcome.exit_code, 7);
  EXPECT_EQ(outcome.err, "words\n");
}

TEST_F(Sandbox, ReadsNoFileOfTheSystemThatIsNotNamed) {
  for (const char* path : {"/etc/shadow", "/etc/passwd", "/proc/1/environ", "/root/.profile"}) {
    const Outcome outcome = shell(std::string("read x < ") + path + " && echo LEAK");
    EXPECT_NE(outcome.exit_code, 0) << path;
    EXPECT_EQ(outcome.out, "") << path;
  }
}

TEST_F(Sandbox, ReadsAndWritesWhatIsNamed) {
  const TempDir folder;
  const std::string& dir = folder.path();
  std::ofstream(dir + "/in") << "hello";
  ASSERT_EQ(::mkdir((dir + "/out").c_str(), 0700), 0);
  Command command;
  command.argv = {
      "/bin/sh", "-c",
      "read x < " + dir + "/in; echo $x > " + dir + "/out/a; echo bad > " + dir + "/in"};
  command.read_paths = {dir + "/in"};
  command.write_paths = {dir + "/out"};
  const auto outcome = run(command);
  ASSERT_TRUE(outcome.ok()) << outcome.error().to_string();
  std::string in, out;
  std::ifstream(dir + "/in") >> in;
  std::ifstream(dir + "/out/a") >> out;
  EXPECT_EQ(out, "hello");
  EXPECT_EQ(in, "hello") << "a path that may be read was written";
}

TEST_F(Sandbox, HasNoSecretsInItsEnvironmentAndNoForeignDescriptors) {
  ::setenv("OPENAI_API_KEY", "secret", 1);
  const int open_here = ::open("/etc/passwd", O_RDONLY);  // without close-on-exec
  const Outcome outcome = shell(
      "set; for i in 3 4 5 6 7 8 9; do (: <&$i) 2>/dev/null && echo FD$i; done", {.processes = 8});
  EXPECT_EQ(outcome.out.find("secret"), std::string::npos);
  EXPECT_EQ(outcome.out.find("FD"), std::string::npos) << outcome.out;
  ::close(open_here);
  ::unsetenv("OPENAI_API_KEY");
}

TEST_F(Sandbox, AForkBombIsRefused) {
  const Outcome outcome = shell("f() { f | f & }; f; /bin/true || echo NOFORK; (:) && echo FORKED");
  EXPECT_EQ(outcome.out.find("FORKED"), std::string::npos);
}

TEST_F(Sandbox, NothingItStartedStays) {
  const Outcome outcome = shell("sleep 1000 & echo $!", {.processes = 4});
  ASSERT_FALSE(outcome.out.empty());
  const ::pid_t orphan = static_cast<::pid_t>(std::stol(outcome.out));
  // The kill is on its way when run() returns; reaped by init, or a zombie, it runs no more.
  std::string state;
  for (int i = 0; i < 1000 && state != "gone" && state != "Z" && state != "X"; ++i) {
    if (i > 0) ::usleep(10'000);
    std::ifstream stat("/proc/" + std::to_string(orphan) + "/stat");
    std::string id, name;
    state = "gone";
    if (stat) stat >> id >> name >> state;
  }
  EXPECT_NE(state, "R");
  EXPECT_NE(state, "S");
}

TEST_F(Sandbox, RunsThisProgramAgain) {
  const auto outcome = run_self({"--gtest_list_tests"}, "", {});
  ASSERT_TRUE(outcome.ok()) << outcome.error().to_string();
  EXPECT_NE(outcome->out.find("RunsThisProgramAgain"), std::string::npos);
}

TEST_F(Sandbox, AnEndlessLoopEndsByCpuOrWallTime) {
  const Outcome cpu = shell("while :; do :; done", {.cpu_seconds = 1});
  EXPECT_TRUE(cpu.signal == SIGXCPU || cpu.signal == SIGKILL);
  const Outcome wall = shell("while :; do :; done", {.wall = std::chrono::milliseconds(100)});
  EXPECT_TRUE(wall.timed_out);
  EXPECT_EQ(wall.signal, SIGKILL);
}

TEST_F(Sandbox, AFloodOfOutputIsCut) {
  const Outcome outcome = shell("while :; do echo flood; done", {.output_bytes = 100000});
  EXPECT_TRUE(outcome.output_cut);
  EXPECT_EQ(outcome.out.size(), 100000U);
  const Outcome errors = shell("i=0; while [ $i -lt 30000 ]; do echo flood >&2; i=$((i+1)); done");
  EXPECT_EQ(errors.err.size(), 16U * 1024) << "the rest is dropped, the child runs on";
  EXPECT_EQ(errors.exit_code, 0);
}

TEST_F(Sandbox, AMissingProgramIsNotFound) {
  Command command;
  command.argv = {"/usr/bin/no-such-program"};
  const auto outcome = run(command);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().kind, "missing_program");
}

TEST_F(Sandbox, AFunctionComputes) {
  std::atomic<bool> stop = false;
  std::thread other([&] {  // the parent has threads that allocate
    while (!stop) std::string(1000, 'x').append("y");
  });
  for (int i = 0; i < 20; ++i) {
    const auto outcome = run_function(
        [](std::string_view in) { return std::string(in.rbegin(), in.rend()); }, "abc", {});
    ASSERT_TRUE(outcome.ok()) << outcome.error().to_string();
    EXPECT_EQ(outcome->out, "cba");
  }
  stop = true;
  other.join();
}

std::string attempts(std::string_view) {
  std::string done;
  const auto attempt = [&](const char* name, long result) {
    if (result >= 0) done += std::string(name) + " ";
  };
  attempt("open", ::open("/etc/shadow", O_RDONLY));
  attempt("open_usr", ::open("/usr/bin/env", O_RDONLY));
  attempt("create", ::open("/tmp/escaped", O_RDWR | O_CREAT, 0600));
  attempt("socket", ::socket(AF_INET, SOCK_STREAM, 0));
  attempt("unix", ::socket(AF_UNIX, SOCK_STREAM, 0));
  attempt("fork", ::fork());
  attempt("kill", ::kill(::getppid(), 0));
  attempt("killall", ::kill(-1, 0));
  attempt("chmod", ::chmod("/tmp", 0777));
  attempt("unlink", ::unlink("/tmp/nothing"));
  char* const argv[] = {const_cast<char*>("/bin/true"), nullptr};
  attempt("exec", ::execv("/bin/true", argv));
  return "done: " + done;
}

TEST_F(Sandbox, AFunctionReachesNothing) {
  const auto outcome = run_function(attempts, "", {});
  ASSERT_TRUE(outcome.ok()) << outcome.error().to_string();
  EXPECT_EQ(outcome->out, "done: ");
}

TEST_F(Sandbox, AMemoryBombDies) {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "no address space limit under sanitizers";
#endif
#endif
  const auto outcome = run_function(
      [](std::string_view) {
        std::string all;
        for (;;) all += std::string(1 << 20, 'x');
        return all;
      },
      "", {.memory_bytes = 64LL << 20});
  ASSERT_TRUE(outcome.ok());
  EXPECT_NE(outcome->signal, 0);
  EXPECT_LT(outcome->peak_rss_bytes, 256LL << 20);
}

TEST_F(Sandbox, WorksAsADroppedUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "not root";
  const ::pid_t child = ::fork();
  if (child == 0) {
    if (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0) ::_exit(9);
    const auto outcome = run_function(attempts, "", {});
    ::_exit(outcome.ok() && outcome->out == "done: " ? 0 : 1);
  }
  int ended = 0;
  ::waitpid(child, &ended, 0);
  EXPECT_TRUE(WIFEXITED(ended));
  EXPECT_EQ(WEXITSTATUS(ended), 0);
}

}  // namespace
}  // namespace interposer::sandbox
