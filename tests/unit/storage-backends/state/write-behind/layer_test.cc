#include "storage-backends/state/write-behind/layer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace holdfast::write_behind {
namespace {

TEST(LayerTest, KnowsNothingOfARowThatWasNeverWritten) {
  Layer layer;
  layer.Put("a", "one");
  EXPECT_FALSE(layer.Find("b").has_value());
  EXPECT_FALSE(layer.empty());
}

TEST(LayerTest, TellsAnEmptyValueFromAnErasedRow) {
  Layer layer;
  layer.Put("empty", "");
  layer.Erase("erased");
  ASSERT_TRUE(layer.Find("empty").has_value());
  EXPECT_TRUE(layer.Find("empty")->present);
  ASSERT_TRUE(layer.Find("erased").has_value());
  EXPECT_FALSE(layer.Find("erased")->present);
}

TEST(LayerTest, KeepsTheLastValueWhateverItsSize) {
  Layer layer;
  for (const std::size_t bytes : {10, 3, 700'000, 0, 11}) {
    layer.Put("a", std::string(bytes, static_cast<char>('a' + bytes % 7)));
    EXPECT_EQ(layer.Find("a")->bytes, std::string(bytes, static_cast<char>('a' + bytes % 7)));
  }
  layer.Erase("a");
  layer.Put("a", "back");
  EXPECT_EQ(layer.Find("a")->bytes, "back");
}

TEST(LayerTest, RewritingInPlaceTakesNoMoreMemory) {
  Layer layer;
  layer.Put("a", std::string(1000, 'x'));
  const auto before = layer.bytes();
  for (int i = 0; i < 1000; ++i) layer.Put("a", std::string(1000, 'y'));
  EXPECT_EQ(layer.bytes(), before);
}

TEST(LayerTest, CountsWhatItTakes) {
  Layer layer;
  for (int i = 0; i < 1000; ++i) layer.Put("key " + std::to_string(i), std::string(1000, 'x'));
  EXPECT_GT(layer.bytes(), 1000u * 1000u);
  EXPECT_LT(layer.bytes(), 2u * 1000u * 1000u);
}

TEST(LayerTest, SortsRowsByTheirBytes) {
  Layer layer;
  layer.Put("b", "1");
  layer.Put(std::string("\xff", 1), "2");
  layer.Put(std::string("\0", 1), "3");
  layer.Erase("a");
  std::vector<std::string> keys;
  for (const auto& entry : layer.Sorted()) keys.emplace_back(entry.key);
  EXPECT_THAT(keys, testing::ElementsAre(std::string("\0", 1), "a", "b", "\xff"));
}

}  // namespace
}  // namespace holdfast::write_behind
