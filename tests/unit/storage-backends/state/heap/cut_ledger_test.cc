#include "storage-backends/state/heap/cut_ledger.h"

#include <gtest/gtest.h>

namespace holdfast::heap {
namespace {

// Leaves stand for blocks, because the pool frees them at once: its memory shows which are still kept.
class CutLedgerTest : public testing::Test {
 protected:
  Leaf* Block() {
    Leaf* block = pool_.TakeLeaf();
    block->born = ledger_.version();
    return block;
  }
  std::size_t kept() const { return pool_.memory_bytes() / sizeof(Leaf); }
  void Return(CutLedger::Entry* cut) {
    ledger_.Return(cut);
    ledger_.CollectAll();
  }

  BlockPool pool_{Pages::kHuge};
  CutLedger ledger_{pool_};
};

TEST_F(CutLedgerTest, ABlockNoCutHasSeenIsFreeAtOnce) {
  auto* cut = ledger_.Open();
  ledger_.Retire(Block());
  EXPECT_EQ(kept(), 0u);
  Return(cut);
}

TEST_F(CutLedgerTest, ABlockIsSharedWhileACutThatShowsItLives) {
  auto* block = Block();
  EXPECT_FALSE(ledger_.Shared(block->born));
  auto* cut = ledger_.Open();
  EXPECT_TRUE(ledger_.Shared(block->born));
  Return(cut);
  EXPECT_FALSE(ledger_.Shared(block->born));
  ledger_.Retire(block);
}

TEST_F(CutLedgerTest, ARetiredBlockLivesAsLongAsItsCut) {
  auto* block = Block();
  auto* cut = ledger_.Open();
  ledger_.Retire(block);
  EXPECT_EQ(kept(), 1u);
  Return(cut);
  EXPECT_EQ(kept(), 0u);
}

TEST_F(CutLedgerTest, ABlockMovesOnToTheOlderCutThatShowsIt) {
  auto* old_block = Block();
  auto* older = ledger_.Open();
  auto* new_block = Block();
  auto* newer = ledger_.Open();
  ledger_.Retire(old_block);
  ledger_.Retire(new_block);
  Return(newer);
  EXPECT_EQ(kept(), 1u) << "the older cut shows only the older block";
  Return(older);
  EXPECT_EQ(kept(), 0u);
}

TEST_F(CutLedgerTest, ABlockOutlivesTheReturnOfAnOlderCut) {
  auto* block = Block();
  auto* older = ledger_.Open();
  auto* newer = ledger_.Open();
  ledger_.Retire(block);
  Return(older);
  EXPECT_EQ(kept(), 1u);
  Return(newer);
  EXPECT_EQ(kept(), 0u);
}

TEST_F(CutLedgerTest, CollectFreesABoundedNumberOfBlocks) {
  std::vector<Leaf*> blocks;
  for (int i = 0; i < 1000; ++i) blocks.push_back(Block());
  auto* cut = ledger_.Open();
  for (auto* block : blocks) ledger_.Retire(block);
  ledger_.Return(cut);
  ledger_.Collect();
  EXPECT_EQ(ledger_.live(), 0u);
  EXPECT_GE(kept(), 900u);
  EXPECT_LT(kept(), 1000u);
  ledger_.CollectAll();
  EXPECT_EQ(kept(), 0u);
}

}  // namespace
}  // namespace holdfast::heap
