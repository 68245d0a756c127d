// A grounded answer for a person on a terminal.
#pragma once

#include <string>
#include <vector>

#include "client/types.h"

namespace interposer::app {

void print_answer(const client::Answer& answer);
std::string format_answer(const client::Answer& answer);  // what print_answer prints

// A table with right-aligned numbers; rows[0] is the header.
std::string format_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace interposer::app
