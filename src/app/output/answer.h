// A grounded answer for a person on a terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace interposer::app {

// `json`: the object of POST /api/v1/ask.
void print_answer(std::string_view json);
std::string format_answer(std::string_view json);  // what print_answer prints

// A table with right-aligned numbers; rows[0] is the header.
std::string format_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace interposer::app
