#include "planner/networking/collectives.h"

#include <gtest/gtest.h>

#include "planner/sheet/draws.h"

namespace interposer::planner {
namespace {

const LinkCost kNvlink{Seconds(10e-6), BytesPerSecond(450e9)};

TEST(Collectives, ByHand) {
  // 8 boards, 9 MB: 2 * 7 / 8 * 20 us + 14 * 10 us.
  EXPECT_NEAR(all_reduce_ring(8, Bytes(9e6), kNvlink).base(), 175e-6, 1e-12);
  EXPECT_NEAR(all_reduce_one_shot(8, Bytes(9e6), kNvlink).base(), 30e-6, 1e-12);
  EXPECT_NEAR(all_reduce(8, Bytes(9e6), kNvlink).base(), 30e-6, 1e-12);
  // 128 tokens, 8 experts, 7,168 bytes: 2 * 1,024 * 7/8 * 7,168 / 450e9 + 20 us.
  EXPECT_NEAR(all_to_all(8, 128, 8, Bytes(7168), kNvlink).base(), 1792 * 7168 / 450e9 + 20e-6,
              1e-15);
  EXPECT_NEAR(pipeline_fill(4, Bytes(4.5e6), kNvlink).base(), 3 * 20e-6, 1e-15);
  EXPECT_DOUBLE_EQ(pipeline_bubble(4, 9), 0.25);
  EXPECT_DOUBLE_EQ(ring_traffic(8, Bytes(1e6)).base(), 14e6);
}

TEST(Collectives, OneBoardSendsNothing) {
  EXPECT_EQ(all_reduce(1, Bytes(1e9), kNvlink), Seconds(0));
  EXPECT_EQ(all_to_all(1, 10, 8, Bytes(1e3), kNvlink), Seconds(0));
  EXPECT_EQ(pipeline_fill(1, Bytes(1e9), kNvlink), Seconds(0));
  EXPECT_EQ(pipeline_bubble(1, 4), 0);
}

// Sharp test 9: more bandwidth is never slower.
TEST(Collectives, Sharp9MoreBandwidthIsNeverSlower) {
  for (double m = 1e3; m < 1e9; m *= 7) {
    for (const double n : {2.0, 4.0, 8.0, 72.0}) {
      const LinkCost faster{kNvlink.alpha, 2 * kNvlink.beta};
      EXPECT_LE(all_reduce(n, Bytes(m), faster), all_reduce(n, Bytes(m), kNvlink));
      EXPECT_LE(all_to_all(n, 64, 8, Bytes(m), faster), all_to_all(n, 64, 8, Bytes(m), kNvlink));
    }
  }
}

// Pluggable optics to co-packaged ones: the claims say 15 to 25 and 1 to 5 pJ a bit.
TEST(Collectives, EnergyOfTheCataloguesLinks) {
  const Catalogue& catalogue = **Catalogue::builtin();
  const auto each = [&](const char* id) { return JoulesPerByte(*central(catalogue.field(id))); };
  const Bytes moved = ring_traffic(8, Bytes(1e9));
  const Joules plug = traffic_energy(moved, each("networking/scale_out_800g/energy_per_byte"));
  const Joules cpo = traffic_energy(moved, each("networking/cpo_800g/energy_per_byte"));
  EXPECT_NEAR(plug.base(), 14e9 * 8 * 20e-12, 1e-9);  // 2.24 J
  EXPECT_LT(cpo, plug);
}

}  // namespace
}  // namespace interposer::planner
