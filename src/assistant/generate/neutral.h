// Retrieved text is data. Before it goes into a prompt, whatever could be read as something else is
// taken out: citation markers, role tags, delimiters, control and invisible characters.
#pragma once

#include <string>
#include <string_view>

namespace interposer::assistant {

// One line. "[3]" becomes "(3)", "<|im_start|>" loses its brackets, zero-width and direction
// characters and controls vanish, the fence's nonce is cut out.
std::string neutralise(std::string_view text, std::string_view nonce);

}  // namespace interposer::assistant
