#include "storage-backends/state/heap/heap_backend.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <vector>

#include "chaos/simulation/disk/inline_background.h"
#include "core/base/random.h"

namespace {
std::atomic<std::uint64_t> allocations{0};
}  // namespace

// Not inlined, so that the compiler sees a matching pair.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace holdfast {
namespace {

RowKey Key(std::string_view id) { return {KeyGroup(0), TableId(0), id}; }

void Fill(HeapBackend& backend, int rows, std::size_t value_bytes) {
  for (int row = 0; row < rows; ++row) {
    backend.Put(Key("user-" + std::to_string(1'000'000 + row)), std::string(value_bytes, 'v')).OrDie();
  }
}

std::vector<std::string> Walk(HeapBackend& backend) {
  std::vector<std::string> ids;
  const auto visit = [&](const RowKey& key, std::string_view) -> Status {
    ids.emplace_back(key.id);
    return {};
  };
  backend.Cut().value()->ForEach(visit).OrDie();
  return ids;
}

TEST(HeapBackendTest, AnUpdateThatKeepsItsSizeAllocatesNothing) {
  HeapBackend backend;
  Fill(backend, 100, 40);
  const auto key = Key("user-1000042");
  const std::string value(40, 'w');
  const auto before = allocations.load();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(backend.Get(key).value().has_value());
    backend.Put(key, value).OrDie();
    backend.Prefetch(key);
  }
  EXPECT_EQ(allocations.load(), before);
}

TEST(HeapBackendTest, UpdatesBetweenCutsReuseTheMemoryOfDroppedCuts) {
  HeapBackend backend;
  Fill(backend, 10'000, 100);
  const auto round = [&] {
    const auto cut = backend.Cut().value();
    Fill(backend, 10'000, 100);
  };
  for (int i = 0; i < 3; ++i) round();
  const auto memory = backend.size().memory_bytes;
  for (int i = 0; i < 20; ++i) round();
  EXPECT_EQ(backend.size().memory_bytes, memory);
}

TEST(HeapBackendTest, OnlyTheFirstWriteAfterACutCopies) {
  HeapBackend backend;
  Fill(backend, 10'000, 100);
  const auto cut = backend.Cut().value();
  const auto before = backend.size().memory_bytes;
  Fill(backend, 10'000, 100);
  const auto after = backend.size().memory_bytes;
  Fill(backend, 10'000, 100);
  EXPECT_GT(after, before + 10'000 * 112);
  EXPECT_EQ(backend.size().memory_bytes, after);
}

TEST(HeapBackendTest, RowsOf112BytesCostAtMostHalfAgain) {
  HeapBackend backend;
  Fill(backend, 100'000, 100);
  const auto size = backend.size();
  EXPECT_EQ(size.payload_bytes, 100'000u * 112);
  EXPECT_LT(size.memory_bytes, size.payload_bytes * 3 / 2);
}

TEST(HeapBackendTest, EqualHistoriesWalkInEqualOrder) {
  const auto history = [](HeapBackend& backend, std::uint64_t disturbance) {
    Random random(5);
    std::vector<std::shared_ptr<const StateCut>> cuts;
    for (int step = 0; step < 20'000; ++step) {
      const auto id = std::to_string(random.Below(3'000));
      if (random.Chance(0.3)) {
        backend.Erase(Key(id)).OrDie();
      } else {
        backend.Put(Key(id), std::string(random.Below(300), 'v')).OrDie();
      }
      // Which cuts are alive, and for how long, is not part of the history: readers drop them when they like.
      if (step % 500 == 0) cuts.push_back(backend.Cut().value());
      if (disturbance != 0 && step % disturbance == 0) cuts.clear();
    }
  };
  HeapBackend first;
  HeapBackend second;
  history(first, 0);
  history(second, 700);
  EXPECT_EQ(Walk(first), Walk(second));
}

TEST(HeapBackendTest, PrefetchingChangesNothing) {
  HeapBackend backend;
  backend.Prefetch(Key("absent"));
  Fill(backend, 100, 10);
  for (int i = 0; i < 100; ++i) backend.Prefetch(Key("user-" + std::to_string(1'000'000 + i)));
  backend.Clear().OrDie();
  for (int i = 0; i < 10; ++i) backend.Prefetch(Key("user-1000001"));
  EXPECT_EQ(backend.size().rows, 0u);
  EXPECT_FALSE(backend.Get(Key("user-1000001")).value().has_value());
}

TEST(HeapBackendTest, IsMadeByName) {
  StateBackendRegistry backends(PartKind::kStateBackend);
  RegisterHeapBackend(backends);
  const auto* heap = backends.Find("heap").value();
  InlineBackground background;
  const auto backend = heap->factory({{}, background}, heap->descriptor.options.Defaults()).value();
  EXPECT_EQ(backend->size().rows, 0u);
}

TEST(HeapBackendTest, DyingBeforeItsCutsIsABrokenInvariant) {
  EXPECT_DEATH(
      {
        auto backend = std::make_unique<HeapBackend>();
        const auto cut = backend->Cut().value();
        backend.reset();
      },
      "1 cuts outlive their state backend");
}

}  // namespace
}  // namespace holdfast
