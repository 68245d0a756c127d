#include "app/connection.h"

#include <thread>

#include "app/runtime.h"
#include "app/settings.h"
#include "base/log.h"
#include "base/time.h"
#include "store/home.h"

namespace interposer::app {
namespace {

// Another verb may be just starting, or just ending, as the owner of the home.
constexpr Duration kOwnerPatience = std::chrono::seconds(10);
constexpr Duration kOwnerPoll = std::chrono::milliseconds(50);

client::Target target_of(const std::string& home) {
  client::Target target;
  target.socket = home + "/" + kSocketName;
  return target;
}

// A verb that names a configuration must not be answered under another one.
Status same_configuration(const Common& common, const client::ServerStatus& server) {
  if (common.config.empty()) return {};
  IP_TRY(Settings wanted, load_settings(common.config));
  if (wanted.digest == server.config_digest) return {};
  const std::string running =
      server.config_file.empty() ? "the built-in defaults" : server.config_file;
  return make_error(
      Code::kInvalidArgument,
      "the server that owns this home runs with another config (" + running + ")",
      "leave --config away, name another --home, or restart the server with " + common.config);
}

}  // namespace

Connection::Connection() = default;

Connection::~Connection() {
  session_.reset();
  if (runtime_) runtime_->stop();
}

Result<std::unique_ptr<Connection>> Connection::open(const Common& common) {
  IP_TRY(std::string home, store::Home::locate(common.home));
  auto connection = std::unique_ptr<Connection>(new Connection());
  const TimePoint give_up = steady_now() + kOwnerPatience;
  for (;;) {
    auto session = client::Session::open(target_of(home), INTERPOSER_VERSION);
    if (session) {
      IP_OK(same_configuration(common, (*session)->server()));
      connection->session_ = std::move(*session);
      return connection;
    }
    if (session.error().kind != "not_running") return std::move(session).error();
    IP_TRY(Settings settings, load_settings(common.config));
    log::set_level(log::Level::kWarn);  // a verb's own output is what the person asked for
    auto runtime =
        Runtime::start(std::move(settings), {home, Runtime::Serve::kSocketOnly, common.json});
    if (runtime) {
      connection->runtime_ = std::move(*runtime);
      IP_OK(connection->runtime_->prepare());
      IP_TRY(connection->session_, client::Session::open(target_of(home), INTERPOSER_VERSION));
      return connection;
    }
    const bool owned = runtime.error().kind == "home_in_use";
    if (!owned || steady_now() > give_up) return std::move(runtime).error();
    std::this_thread::sleep_for(kOwnerPoll);
  }
}

}  // namespace interposer::app
