#include "planner/networking/collectives.h"

#include <algorithm>

namespace interposer::planner {

Seconds all_reduce_ring(double boards, Bytes message, const LinkCost& link) {
  if (boards <= 1) return Seconds(0);
  return 2 * (boards - 1) / boards * (message / link.beta) + 2 * (boards - 1) * link.alpha;
}

Seconds all_reduce_one_shot(double boards, Bytes message, const LinkCost& link) {
  if (boards <= 1) return Seconds(0);
  return link.alpha + message / link.beta;
}

Seconds all_reduce(double boards, Bytes message, const LinkCost& link) {
  return std::min(all_reduce_ring(boards, message, link),
                  all_reduce_one_shot(boards, message, link));
}

Seconds all_to_all(double boards, double tokens, double experts, Bytes width,
                   const LinkCost& link) {
  if (boards <= 1) return Seconds(0);
  return 2 * tokens * experts * (1 - 1 / boards) * (width / link.beta) + 2 * link.alpha;
}

Seconds pipeline_fill(double stages, Bytes message, const LinkCost& link) {
  if (stages <= 1) return Seconds(0);
  return (stages - 1) * (link.alpha + message / link.beta);
}

double pipeline_bubble(double stages, double batches) {
  return stages <= 1 ? 0 : (stages - 1) / (batches + stages - 1);
}

Bytes ring_traffic(double boards, Bytes message) {
  return boards <= 1 ? Bytes(0) : 2 * (boards - 1) * message;
}

Joules traffic_energy(Bytes bytes, JoulesPerByte each) { return bytes * each; }

}  // namespace interposer::planner
