// Where what ships with the binary lies: the default models and the handbook.
#pragma once

#include <string>

namespace interposer::app {

// $INTERPOSER_SHARE, else `share` beside the binary, else `../share/interposer` of its folder.
std::string share_folder();
std::string share_file(const std::string& name);

}  // namespace interposer::app
