#include "core/base/suggest.h"

#include <gtest/gtest.h>

#include <vector>

namespace holdfast {
namespace {

const std::vector<std::string> kProtocols = {"none", "stop-the-world", "aligned", "unaligned", "message-logging"};

TEST(SuggestTest, ATypoFindsItsWord) {
  EXPECT_EQ(NearestWord("unalinged", kProtocols), "unaligned");
  EXPECT_EQ(NearestWord("mesage-loging", kProtocols), "message-logging");
  EXPECT_EQ(NearestWord("nnoe", kProtocols), "none");
  EXPECT_EQ(NearestWord("Aligned", kProtocols), "aligned");
}

TEST(SuggestTest, ABeginningFindsItsWord) {
  EXPECT_EQ(NearestWord("stop", kProtocols), "stop-the-world");
  EXPECT_EQ(NearestWord("none-at-all", kProtocols), "none");
}

TEST(SuggestTest, AWordLikeNoOtherFindsNothing) {
  EXPECT_EQ(NearestWord("paxos", kProtocols), "");
  EXPECT_EQ(NearestWord("", kProtocols), "");
  EXPECT_EQ(NearestWord("x", std::vector<std::string>{"y"}), "");
  EXPECT_EQ(NearestWord(std::string(100'000, 'a'), kProtocols), "");
}

TEST(SuggestTest, KnownWordsListsAllAndPointsAtTheNearest) {
  const std::vector<std::string> backends = {"heap", "rocksdb"};
  EXPECT_EQ(KnownWords("rockdb", backends), "known: heap, rocksdb (did you mean rocksdb?)");
  EXPECT_EQ(KnownWords("lmdb", backends), "known: heap, rocksdb");
  EXPECT_EQ(KnownWords("x", {}), "none is known");
}

}  // namespace
}  // namespace holdfast
