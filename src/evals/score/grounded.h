// Scorers over what the retrieve and grounded runners keep in Response::extra, and over tool calls.
//   retrieve: {"documents":["base/id", ...]}           in rank order
//   grounded: the object of `interposer ask --json`: refused, sentences, citations
// The item's targets name the documents that are right; a grounded item whose `answerable` is false
// wants a refusal.
#pragma once

#include <string_view>

#include "evals/score/scorers.h"

namespace interposer::evals {

// Share of the item's target documents among the first k.
Scored recall_at(const Item& item, const Response& response, std::size_t k);
Scored reciprocal_rank_at(const Item& item, const Response& response, std::size_t k);

// Every mark of a sentence names a citation that is there, with a document, a version and a span.
Scored score_citations_resolve(const Item&, const Response&, std::string_view answer);
// Share of quotes whose length is their span's, and that hold the sentence where it was extracted.
Scored score_quotes_verbatim(const Item&, const Response&, std::string_view answer);
// Share of the answer's numbers that occur in the quotes its sentence cites.
Scored score_numbers_cited(const Item&, const Response&, std::string_view answer);
// Share of sentences with a citation. (ALCE's recall also asks for entailment, which wants a
// judge.)
Scored score_cited_share(const Item&, const Response&, std::string_view answer);
// The first citation is of a document that the item names ("document": id or list of ids).
Scored score_right_document(const Item&, const Response&, std::string_view answer);
// 1 where it answered what can be answered, and refused what cannot.
Scored score_abstention(const Item&, const Response&, std::string_view answer);

// Exactly one call with the item's "call": {"name", "arguments"}; numbers compare by value, objects
// without regard to order. An item whose call is null wants none.
Scored score_tool_call(const Item&, const Response&, std::string_view answer);

}  // namespace interposer::evals
