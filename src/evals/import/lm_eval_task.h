// lm-evaluation-harness's task files, the part without Python, into a suite.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace interposer::evals {

// The YAML of a suite whose items are in `items_file` (the task's documents as JSON Lines).
// Taken: task, doc_to_text, doc_to_target, output_type generate_until, generation_kwargs (until,
// max_gen_toks, temperature), the first filter of filter_list (regex, strip, take_first), metric
// exact_match, metadata.version. Anything that needs Python, and every key that would change a
// number and is not understood, is an error that names its line.
Result<std::string> suite_of_lm_eval(std::string_view yaml, const std::string& file,
                                     const std::string& items_file);

// The documents with "input" and "target" rendered from the task's own templates.
Result<std::string> items_of_lm_eval(std::string_view yaml, const std::string& file,
                                     std::string_view documents, const std::string& documents_file);

}  // namespace interposer::evals
