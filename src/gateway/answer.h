// The gateway's Answer around a target's: gives the frames that were read ahead, settles at the
// end.
#pragma once

#include <memory>
#include <optional>

#include "backends/backend.h"
#include "gateway/settle.h"

namespace interposer::gateway {

// Reads `inner` up to its first frames that carry something (comments before it are consumed), so
// that until then another target may still take over. An error: nothing was delivered.
struct Primed {
  std::unique_ptr<backends::Answer> inner;
  std::optional<backends::Frames> first;  // nullopt: the answer is empty
};
net::Task<Result<Primed>> prime(std::unique_ptr<backends::Answer> inner);

// `backend` is kept alive while its answer runs.
std::unique_ptr<backends::Answer> make_answer(Primed primed, Settlement settlement,
                                              std::shared_ptr<backends::Backend> backend,
                                              const std::string& target,
                                              const backends::Call& call);

}  // namespace interposer::gateway
