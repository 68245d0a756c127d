// The two ends of the gateway benchmark: a mock upstream and a load client, plain epoll, one
// thread.
//   traffic mock PORT GAP_MS FRAMES     answers with a ~900 byte completion, or FRAMES paced SSE
//   frames traffic load PORT CONNECTIONS SECONDS KEY MODEL      whole answers, closed loop traffic
//   stream PORT STREAMS SECONDS KEY MODEL        streamed answers, one after another on each
// load and stream print one line of JSON: what was done, and what failed.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

struct Connection {
  int fd = -1;
  std::string in, out;
  int frames_left = 0;   // mock: of the stream being sent
  bool stream = false;   // client: the answer is one
  bool started = false;  // client: the head was seen
};

void prepare(int fd) {
  const int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

void watch(int epoll, int fd, Connection* connection, bool writing) {
  epoll_event event{};
  event.events = EPOLLIN | (writing ? EPOLLOUT : 0U);
  event.data.ptr = connection;
  if (epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) != 0) epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

// False: the other side has gone.
bool flush(int epoll, Connection& c) {
  while (!c.out.empty()) {
    const ssize_t n = send(c.fd, c.out.data(), c.out.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) {
      watch(epoll, c.fd, &c, true);
      return true;
    }
    if (n <= 0) return false;
    c.out.erase(0, static_cast<std::size_t>(n));
    if (c.out.empty()) watch(epoll, c.fd, &c, false);
  }
  return true;
}

bool receive(Connection& c) {
  char buffer[16384];
  for (;;) {
    const ssize_t n = recv(c.fd, buffer, sizeof buffer, 0);
    if (n < 0 && errno == EAGAIN) return true;
    if (n <= 0) return false;
    c.in.append(buffer, static_cast<std::size_t>(n));
    if (n < static_cast<ssize_t>(sizeof buffer)) return true;
  }
}

// Header names are looked up as every program here writes them, in any case.
std::size_t find_no_case(std::string_view text, std::string_view name) {
  for (std::size_t i = 0; i + name.size() <= text.size(); ++i) {
    if (strncasecmp(text.data() + i, name.data(), name.size()) == 0) return i;
  }
  return std::string_view::npos;
}

long content_length(std::string_view head) {
  const std::size_t at = find_no_case(head, "content-length:");
  return at == std::string_view::npos ? -1 : std::atol(head.data() + at + 15);
}

std::string chunked(const std::string& data) {
  char size[16];
  std::snprintf(size, sizeof size, "%zx\r\n", data.size());
  return size + data + "\r\n";
}

const std::string kFrame =
    "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":"
    "\"bench\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" "
    "token\"},\"finish_reason\":null}]}"
    "\n\n";
const std::string kEnd =
    "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":"
    "\"bench\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":200,\"completion_tokens\":50}}\n\n"
    "data: [DONE]\n\n";

std::string whole_answer() {
  const std::string body =
      "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"bench\","
      "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" +
      std::string(600, 'a') +
      "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":200,\"completion_tokens\":150,"
      "\"total_tokens\":350,\"prompt_tokens_details\":{\"cached_tokens\":64}}}";
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

class Mock {
 public:
  Mock(int port, int gap_ms, int frames) : gap_(gap_ms), frames_(frames), whole_(whole_answer()) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    const int one = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) die("bind");
    if (listen(listener_, 4096) != 0) die("listen");
    prepare(listener_);
    watch(epoll_, listener_, nullptr, false);
  }

  void run() {
    epoll_event events[256];
    for (;;) {
      int wait = -1;
      if (!due_.empty()) {
        const auto left = due_.top().first - Clock::now();
        wait = static_cast<int>(
            std::max<long>(0, std::chrono::duration_cast<std::chrono::milliseconds>(left).count()));
      }
      const int n = epoll_wait(epoll_, events, 256, wait);
      for (int i = 0; i < n; ++i) {
        auto* c = static_cast<Connection*>(events[i].data.ptr);
        if (c == nullptr)
          accept_all();
        else if (!serve(*c))
          drop(c);
      }
      while (!due_.empty() && due_.top().first <= Clock::now()) {
        Connection* c = due_.top().second;
        due_.pop();
        if (c->fd < 0) {
          delete c;
        } else {
          tick(*c);
        }
      }
    }
  }

 private:
  using Due = std::pair<Clock::time_point, Connection*>;

  void accept_all() {
    for (int fd = accept(listener_, nullptr, nullptr); fd >= 0;
         fd = accept(listener_, nullptr, nullptr)) {
      prepare(fd);
      auto* c = new Connection;
      c->fd = fd;
      watch(epoll_, fd, c, false);
    }
  }
  void drop(Connection* c) {
    close(c->fd);
    c->fd = -1;
    if (c->frames_left == 0) delete c;  // else tick finds it closed
  }
  bool serve(Connection& c) {
    if (!receive(c)) return false;
    for (;;) {
      const std::size_t end = c.in.find("\r\n\r\n");
      if (end == std::string::npos) break;
      const long length = std::max(0L, content_length(std::string_view(c.in).substr(0, end)));
      const std::size_t total = end + 4 + static_cast<std::size_t>(length);
      if (c.in.size() < total) break;
      const bool stream =
          std::string_view(c.in).substr(0, total).find("\"stream\":true") != std::string_view::npos;
      c.in.erase(0, total);
      if (stream) {
        c.out +=
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: "
            "chunked\r\n\r\n";
        c.frames_left = frames_;
        due_.emplace(Clock::now() + std::chrono::milliseconds(gap_), &c);
      } else {
        c.out += whole_;
      }
    }
    return flush(epoll_, c);
  }
  void tick(Connection& c) {
    c.out += chunked(kFrame);
    if (--c.frames_left == 0)
      c.out += chunked(kEnd) + "0\r\n\r\n";
    else
      due_.emplace(Clock::now() + std::chrono::milliseconds(gap_), &c);
    flush(epoll_, c);
  }

  int epoll_ = epoll_create1(0);
  int listener_ = -1;
  int gap_, frames_;
  std::string whole_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
};

struct Totals {
  long answers = 0, frames = 0, failed = 0;
};

class Load {
 public:
  Load(int port, int connections, const std::string& key, const std::string& model, bool stream)
      : stream_(stream) {
    const std::string body = "{\"model\":\"" + model + "\"," + (stream ? "\"stream\":true," : "") +
                             "\"messages\":[{\"role\":\"user\",\"content\":\"" +
                             std::string(900, 'q') + "\"}]}";
    request_ =
        "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json"
        "\r\nAuthorization: Bearer " +
        key + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    connections_.resize(static_cast<std::size_t>(connections));
    for (Connection& c : connections_) {
      c.fd = socket(AF_INET, SOCK_STREAM, 0);
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(static_cast<std::uint16_t>(port));
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      if (connect(c.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) die("connect");
      prepare(c.fd);
      watch(epoll_, c.fd, &c, false);
      ask(c);
    }
  }

  Totals run(double seconds) {
    const auto until = Clock::now() + std::chrono::duration<double>(seconds);
    epoll_event events[256];
    while (Clock::now() < until) {
      const int n = epoll_wait(epoll_, events, 256, 50);
      for (int i = 0; i < n; ++i) serve(*static_cast<Connection*>(events[i].data.ptr));
    }
    return totals_;
  }

 private:
  void ask(Connection& c) {
    c.out = request_;
    c.started = false;
    if (!flush(epoll_, c)) ++totals_.failed;
  }
  void serve(Connection& c) {
    if (!receive(c)) {
      ++totals_.failed;
      epoll_ctl(epoll_, EPOLL_CTL_DEL, c.fd, nullptr);
      return;
    }
    if (!flush(epoll_, c)) ++totals_.failed;
    if (!c.started) {
      const std::size_t end = c.in.find("\r\n\r\n");
      if (end == std::string::npos) return;
      if (c.in.compare(0, 12, "HTTP/1.1 200") != 0) ++totals_.failed;
      c.started = true;
      if (stream_ && content_length(std::string_view(c.in).substr(0, end)) < 0) {
        c.in.erase(0, end + 4);
      }
    }
    if (stream_)
      read_stream(c);
    else
      read_whole(c);
  }
  void read_whole(Connection& c) {
    const std::size_t end = c.in.find("\r\n\r\n");
    const long length = content_length(std::string_view(c.in).substr(0, end));
    if (c.in.size() < end + 4 + static_cast<std::size_t>(std::max(0L, length))) return;
    ++totals_.answers;
    c.in.clear();
    ask(c);
  }
  void read_stream(Connection& c) {
    for (std::size_t at = c.in.find("data: "); at != std::string::npos;
         at = c.in.find("data: ", at + 6)) {
      ++totals_.frames;
    }
    const bool done = c.in.ends_with("0\r\n\r\n");
    if (!done) {  // half of a name or of the end may be at the end: kept for the next look
      if (c.in.size() > kKept) c.in.erase(0, c.in.size() - kKept);
      return;
    }
    c.in.clear();
    ++totals_.answers;
    ask(c);
  }

  static constexpr std::size_t kKept = 5;  // bytes: one less than "data: "
  int epoll_ = epoll_create1(0);
  bool stream_;
  std::string request_;
  std::vector<Connection> connections_;
  Totals totals_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "mock" && argc == 5) {
    Mock(std::atoi(argv[2]), std::atoi(argv[3]), std::atoi(argv[4])).run();
  }
  if ((mode == "load" || mode == "stream") && argc == 7) {
    const double seconds = std::atof(argv[4]);
    Load load(std::atoi(argv[2]), std::atoi(argv[3]), argv[5], argv[6], mode == "stream");
    const Totals t = load.run(seconds);
    std::printf("{\"answers\":%ld,\"frames\":%ld,\"failed\":%ld,\"seconds\":%g}\n", t.answers,
                t.frames, t.failed, seconds);
    return 0;
  }
  std::fputs("usage: traffic mock PORT GAP_MS FRAMES | load|stream PORT N SECONDS KEY MODEL\n",
             stderr);
  return 2;
}
