#include "core/base/json.h"

#include <gtest/gtest.h>

#include <string>

namespace drydock {
namespace {

TEST(Json, AWeightIsTheLengthOfTheText) {
  std::string every;
  for (int c = 0; c < 256; ++c) every += static_cast<char>(c);
  const json::value value = json::object{
      {every, every}, {"list", json::array{nullptr, true, false, -7, 12.5, "", json::object()}}};
  EXPECT_EQ(json_weight(value), json_text(value).size());
}

}  // namespace
}  // namespace drydock
