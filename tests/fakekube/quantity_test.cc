// Quantities as a real server prints them again.
#include "fakekube/store/quantity.h"

#include <gtest/gtest.h>

namespace drydock::fakekube {
namespace {

TEST(Quantity, IsPrintedWithTheLargestSuffixThatLosesNothing) {
  const auto canonical = [](std::string_view text) {
    return canonical_quantity(text).value_or("?");
  };
  EXPECT_EQ(canonical("0.5Gi"), "512Mi");
  EXPECT_EQ(canonical("0.50"), "500m");
  EXPECT_EQ(canonical("1073741824"), "1073741824");
  EXPECT_EQ(canonical("1024Mi"), "1Gi");
  EXPECT_EQ(canonical("1000m"), "1");
  EXPECT_EQ(canonical("1500Mi"), "1500Mi");
  EXPECT_EQ(canonical("1e3"), "1e3");
  EXPECT_EQ(canonical("1e2"), "100");
  EXPECT_EQ(canonical("0Gi"), "0");
  EXPECT_EQ(canonical("-2Ki"), "-2Ki");
  EXPECT_EQ(canonical("0.0001"), "100u");
}

TEST(Quantity, WhatIsNoneIsToldApart) {
  for (const std::string_view text : {"", "lots", "1Gb", "1 Gi", "Gi", "1.2.3", "--1", "1ee3"})
    EXPECT_FALSE(canonical_quantity(text)) << text;
}

TEST(Quantity, ThousandthsAreRoundedUp) {
  EXPECT_EQ(parse_milli("1"), 1000);
  EXPECT_EQ(parse_milli("100u"), 1);
  EXPECT_EQ(parse_milli("2Ki"), 2'048'000);
  EXPECT_EQ(parse_milli("-500m"), -500);
}

}  // namespace
}  // namespace drydock::fakekube
