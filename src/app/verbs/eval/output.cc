#include "app/verbs/eval/output.h"

#include <cstdio>

#include "app/exit_codes.h"
#include "net/file.h"

namespace interposer::app {

int finish(Result<int> done) { return done ? *done : fail(done.error()); }

Status write_report(const std::string& path, const std::string& text) {
  if (path != "-") return net::FileSystem::real().write_atomic(path, text, 0644);
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::fflush(stdout) != 0)
    return make_error(Code::kResourceExhausted, "standard output cannot be written");
  return {};
}

}  // namespace interposer::app
