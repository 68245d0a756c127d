// Tool calls written as Python: "[f(a=1), g.h(b=[2.5, 'x'])]", read as BFCL's decoder reads them.
#pragma once

#include <string_view>

#include "evals/tools/value.h"

namespace interposer::evals::tools {

inline constexpr std::size_t kExpressionBytesMax = std::size_t{1} << 16;
inline constexpr std::size_t kExpressionDepthMax = 64;

// Gives [{name: {parameter: value}}]. As in the reference: backquotes, line ends and spaces around
// the text go, missing brackets are added, positional arguments are dropped, names of variables and
// calls without keywords become texts, arithmetic of constants is carried out, and any sign before
// a constant negates it. An error where the text is no such list: prose, for instance.
Result<Value> decode_python_calls(std::string_view answer);

}  // namespace interposer::evals::tools
