// TLS over the simulated network: trust, names, cut streams, both directions at once.
#include "net/tls.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/temp_dir.h"
#include "net/loop.h"
#include "net/nursery.h"
#include "net/sim/sim_certificate.h"
#include "net/sim/sim_loop.h"

namespace interposer::net {
namespace {

using std::chrono::seconds;
using StreamPtr = std::unique_ptr<Stream>;

TimePoint soon() { return Loop::current()->now() + seconds(30); }

sim::CertificateFiles certificates(const std::string& folder, int days = 2) {
  static const TempDir parent;
  const std::string path = parent.file(folder);
  std::filesystem::create_directories(path);
  auto made = sim::make_certificates(path, {"server", "*.lan.test", "IP:127.0.0.1"}, days);
  EXPECT_TRUE(made.ok());
  return *made;
}

Task<std::string> read_all(Stream* stream) {
  std::string out;
  std::string buffer(5000, '\0');
  for (;;) {
    const Result<std::size_t> got = co_await stream->read_some(buffer, soon());
    if (!got) co_return out + "<" + got.error().kind + ">";
    if (*got == 0) co_return out;
    out.append(buffer, 0, *got);
  }
}

Task<Status> write_text(Stream* stream, std::string text) {
  const std::string_view piece = text;
  co_return co_await stream->write({&piece, 1}, soon());
}

struct TlsSetup {
  std::shared_ptr<TlsContext> client;
  std::shared_ptr<TlsContext> server;
  std::string host = "server";
  StreamPtr server_stream;
  std::string server_error;
  bool plain_close = false;  // the server ends without TLS's goodbye
};

Task<void> serve_one(TlsSetup* setup, Listener* listener) {
  Result<StreamPtr> raw = co_await listener->accept();
  if (!raw) co_return;
  Result<StreamPtr> secure = co_await setup->server->handshake(*std::move(raw), "", soon());
  if (secure)
    setup->server_stream = *std::move(secure);
  else
    setup->server_error = secure.error().kind;
}

Task<std::string> connect(TlsSetup* setup, StreamPtr* client) {
  Loop* const loop = Loop::current();
  const auto listener = loop->listen(Endpoint{"127.0.0.1", 443, false}, {});
  if (!listener) co_return listener.error().to_string();
  Nursery serving;
  serving.spawn(serve_one(setup, listener->get()));
  Result<StreamPtr> raw = co_await loop->connect(Endpoint{"127.0.0.1", 443, false}, soon());
  if (!raw) co_return raw.error().to_string();
  Result<StreamPtr> secure =
      co_await setup->client->handshake(*std::move(raw), setup->host, soon());
  co_await serving.join();
  if (!secure) co_return secure.error().kind + ": " + secure.error().message;
  *client = *std::move(secure);
  co_return "connected";
}

TlsSetup good_setup() {
  const auto files = certificates("tls_good");
  TlsSetup setup;
  setup.client = *TlsContext::client({files.authority});
  setup.server = *TlsContext::server(files.certificate, files.key);
  return setup;
}

void run(Task<void> task, std::uint64_t seed = 1, sim::Network network = {}) {
  const Status done = sim::run(seed, std::move(task), network);
  EXPECT_TRUE(done.ok()) << done.error().to_string();
}

Task<void> echo_back(Stream* stream, std::string* seen) {
  *seen = co_await read_all(stream);
  (void)co_await write_text(stream, *seen);
  stream->shutdown_write();
}

Task<void> round_trip(TlsSetup* setup, std::string* out) {
  StreamPtr client;
  const std::string connected = co_await connect(setup, &client);
  if (!client) {
    *out = connected;
    co_return;
  }
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i);
  std::string seen;
  Nursery echoing;
  echoing.spawn(echo_back(setup->server_stream.get(), &seen));
  const std::string_view pieces[] = {"a", "", text, "b"};
  const Status sent = co_await client->write(pieces, soon());
  client->shutdown_write();
  const std::string back = co_await read_all(client.get());
  co_await echoing.join();
  *out = sent && back == "a" + text + "b" && seen == back ? "same" : "different";
  client->close();
  setup->server_stream.reset();
}

TEST(Tls, BytesComeBackWholeUnderEveryNetwork) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    TlsSetup setup = good_setup();
    sim::Network network;
    if (seed % 2 == 0) network.segment = 100;
    if (seed % 3 == 0) network.read_most = 50;
    if (seed == 5) network.window = 3000;
    std::string out;
    run(round_trip(&setup, &out), seed, network);
    EXPECT_EQ(out, "same") << "seed " << seed;
  }
}

Task<void> only_connect(TlsSetup* setup, std::string* out) {
  StreamPtr client;
  *out = co_await connect(setup, &client);
  client.reset();
  setup->server_stream.reset();
}

std::string outcome(TlsSetup setup) {
  std::string out;
  run(only_connect(&setup, &out));
  return out.substr(0, out.find(':'));
}

TEST(Tls, TheCertificateMustNameTheHost) {
  for (const char* host : {"server", "a.lan.test", "127.0.0.1"}) {
    TlsSetup setup = good_setup();
    setup.host = host;
    EXPECT_EQ(outcome(std::move(setup)), "connected") << host;
  }
  for (const char* host : {"other", "a.b.lan.test", "lan.test", "127.0.0.2", "server.evil"}) {
    TlsSetup setup = good_setup();
    setup.host = host;
    EXPECT_EQ(outcome(std::move(setup)), "certificate") << host;
  }
}

TEST(Tls, TheCertificateMustBeTrustedAndValid) {
  TlsSetup stranger = good_setup();
  stranger.client = *TlsContext::client({certificates("tls_other").authority});
  EXPECT_EQ(outcome(std::move(stranger)), "certificate");
  TlsSetup system = good_setup();
  system.client = *TlsContext::client({});
  EXPECT_EQ(outcome(std::move(system)), "certificate");
  const auto old = certificates("tls_old", -1);
  TlsSetup expired;
  expired.client = *TlsContext::client({old.authority});
  expired.server = *TlsContext::server(old.certificate, old.key);
  EXPECT_EQ(outcome(std::move(expired)), "certificate");
}

TEST(Tls, FilesThatCannotBeUsed) {
  const auto files = certificates("tls_files");
  EXPECT_FALSE(TlsContext::client({"/no/such/file"}).ok());
  EXPECT_FALSE(TlsContext::server("/no/such/file", files.key).ok());
  EXPECT_FALSE(TlsContext::server(files.certificate, files.authority).ok());
  const auto other = certificates("tls_files_other");
  const auto mixed = TlsContext::server(files.certificate, other.key);
  ASSERT_FALSE(mixed.ok());
  EXPECT_FALSE(mixed.error().remedy.empty());
}

Task<void> cancel_soon(Stream* stream) {
  co_await sleep_for(seconds(1));
  stream->cancel_wait();
}

Task<void> cancelled_wait(TlsSetup* setup, std::vector<std::string>* out) {
  StreamPtr client;
  const std::string connected = co_await connect(setup, &client);
  out->push_back(connected);
  if (!client) co_return;
  Nursery cancelling;
  cancelling.spawn(cancel_soon(client.get()));
  const Status waited = co_await client->wait_readable(kNever);
  out->push_back(waited ? "ready" : waited.error().kind);
  co_await cancelling.join();
  (void)co_await write_text(setup->server_stream.get(), "later");
  setup->server_stream->shutdown_write();
  const std::string rest = co_await read_all(client.get());
  out->push_back(rest);
  client.reset();
  setup->server_stream.reset();
}

TEST(Tls, ACancelledWaitLeavesTheStreamGood) {
  TlsSetup setup = good_setup();
  std::vector<std::string> out;
  run(cancelled_wait(&setup, &out));
  EXPECT_EQ(out, (std::vector<std::string>{"connected", "cancelled", "later"}));
}

// A stream that is cut (an attacker can do that) is told from one that ended.
Task<void> cut(TlsSetup* setup, std::string* out) {
  Loop* const loop = Loop::current();
  const auto listener = loop->listen(Endpoint{"127.0.0.1", 443, false}, {});
  Nursery serving;
  serving.spawn(serve_one(setup, listener->get()));
  Result<StreamPtr> raw = co_await loop->connect(Endpoint{"127.0.0.1", 443, false}, soon());
  Stream* const under = raw->get();
  Result<StreamPtr> secure = co_await setup->client->handshake(*std::move(raw), "server", soon());
  co_await serving.join();
  (void)co_await write_text(secure->get(), "part");
  under->shutdown_write();  // below TLS
  *out = co_await read_all(setup->server_stream.get());
  setup->server_stream.reset();
}

TEST(Tls, ACutStreamIsNoEnd) {
  TlsSetup setup = good_setup();
  std::string out;
  run(cut(&setup, &out));
  EXPECT_EQ(out, "part<truncated>");
}

Task<void> wait_and_read(TlsSetup* setup, std::vector<std::string>* out) {
  StreamPtr client;
  const std::string connected = co_await connect(setup, &client);
  out->push_back(connected);
  if (!client) co_return;
  std::string byte(1, '\0');
  const Result<std::size_t> early = client->try_read(byte);
  out->push_back(early ? "bytes" : early.error().kind);
  const Status idle = co_await client->wait_readable(Loop::current()->now() + seconds(1));
  out->push_back(idle ? "ready" : idle.error().kind);
  (void)co_await write_text(setup->server_stream.get(), "xy");
  const Status ready = co_await client->wait_readable(soon());
  out->push_back(ready ? "ready" : ready.error().kind);
  (void)client->try_read(byte);
  out->push_back(byte);
  // The second byte is decrypted already: no socket would become readable for it.
  const Status again = co_await client->wait_readable(Loop::current()->now() + seconds(1));
  out->push_back(again ? "ready" : again.error().kind);
  client->close();
  const std::string rest = co_await read_all(setup->server_stream.get());
  out->push_back("rest:" + rest);
  setup->server_stream.reset();
}

TEST(Tls, WaitingSeesWhatIsDecrypted) {
  TlsSetup setup = good_setup();
  std::vector<std::string> out;
  run(wait_and_read(&setup, &out));
  EXPECT_EQ(out, (std::vector<std::string>{"connected", "would_block", "deadline_exceeded", "ready",
                                           "x", "ready", "rest:"}));
}

Task<void> talk_plain(TlsSetup* setup, std::string* out) {
  Loop* const loop = Loop::current();
  const auto listener = loop->listen(Endpoint{"127.0.0.1", 443, false}, {});
  Nursery serving;
  serving.spawn(serve_one(setup, listener->get()));
  Result<StreamPtr> raw = co_await loop->connect(Endpoint{"127.0.0.1", 443, false}, soon());
  (void)co_await write_text(raw->get(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string answer = co_await read_all(raw->get());
  co_await serving.join();
  *out = setup->server_error;
}

TEST(Tls, APlainClientIsRefused) {
  TlsSetup setup = good_setup();
  std::string out;
  run(talk_plain(&setup, &out));
  EXPECT_EQ(out, "tls");
}

}  // namespace
}  // namespace interposer::net
