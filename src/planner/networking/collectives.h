// What moving bytes between boards costs: the alpha-beta model. alpha is the latency of a message
// with its launch, beta the bandwidth of a board's link in one direction.
#pragma once

#include "planner/units/quantity.h"

namespace interposer::planner {

struct LinkCost {
  Seconds alpha;
  BytesPerSecond beta;
};

// Ring: 2 (n - 1) / n m / beta + 2 (n - 1) alpha. One board: nothing.
Seconds all_reduce_ring(double boards, Bytes message, const LinkCost& link);
// Switch that reduces in one step (or every board writes to every other): alpha + m / beta.
Seconds all_reduce_one_shot(double boards, Bytes message, const LinkCost& link);
// The better of the two, as libraries choose by size.
Seconds all_reduce(double boards, Bytes message, const LinkCost& link);

// Dispatch and combine of experts: 2 B k h b (1 - 1/n) / beta + 2 alpha for `tokens` B on each
// board, k experts a token, `width` bytes h b a token.
Seconds all_to_all(double boards, double tokens, double experts, Bytes width, const LinkCost& link);

// Stages of a pipeline: (stages - 1) (alpha + m / beta) until the last one has begun.
Seconds pipeline_fill(double stages, Bytes message, const LinkCost& link);
// Share of the time that stages wait: (p - 1) / (m + p - 1) with m batches in flight.
double pipeline_bubble(double stages, double batches);

// Bytes on all links of one ring all-reduce, and their energy.
Bytes ring_traffic(double boards, Bytes message);
Joules traffic_energy(Bytes bytes, JoulesPerByte each);

}  // namespace interposer::planner
