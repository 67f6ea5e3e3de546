#include "core/base/registry.h"

#include <gmock/gmock.h>

#include <functional>

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

Descriptor Heap() {
  return {.kind = PartKind::kStateBackend,
          .name = "heap",
          .sentence = "Rows in memory, cut in constant time.",
          .options = OptionSet({BytesOption("segment-size", KiB(16), "Bytes of a segment.").Between(KiB(1), MiB(1)),
                                EnumOption("idle", "spin", {"spin", "block"}, "What to do when idle.")}),
          .capabilities = {"constant-time-cut"}};
}
Descriptor RocksDb() { return {.kind = PartKind::kStateBackend, .name = "rocksdb", .sentence = "Rows on disk."}; }
Descriptor Unaligned() {
  return {.kind = PartKind::kProtocol,
          .name = "unaligned",
          .sentence = "Markers overtake data.",
          .guarantee = "exactly-once after a kill"};
}

TEST(RegistryTest, FindsWhatWasRegistered) {
  Registry<std::function<int(const OptionValues&)>> registry(PartKind::kStateBackend);
  registry.Add(RocksDb(), [](const OptionValues&) { return 2; });
  registry.Add(Heap(),
               [](const OptionValues& values) { return static_cast<int>(values.GetBytes("segment-size").bytes); });
  const auto* heap = *registry.Find("heap");
  EXPECT_EQ(heap->factory(heap->descriptor.options.Defaults()), 16384);
  const auto descriptors = registry.Descriptors();
  ASSERT_EQ(descriptors.size(), 2u);
  EXPECT_EQ(descriptors[0].name, "heap");
}

TEST(RegistryTest, AnUnknownNameIsAnErrorWithASuggestion) {
  Registry<int> registry(PartKind::kStateBackend);
  registry.Add(Heap(), 1);
  registry.Add(RocksDb(), 2);
  EXPECT_EQ(
      registry.Find("rockdb", {"suite.yaml", 12, 5}).error().message,
      "HF-CONFIG-004 suite.yaml:12: unknown state-backend 'rockdb'; known: heap, rocksdb (did you mean rocksdb?)");
  EXPECT_THAT(Registry<int>(PartKind::kChannel).Find("tcp").error().message,
              StartsWith("HF-CONFIG-004: unknown channel 'tcp'; none is known"));
}

TEST(RegistryDeathTest, RegisteringTwiceOrInTheWrongPlaceAborts) {
  Registry<int> registry(PartKind::kStateBackend);
  registry.Add(Heap(), 1);
  EXPECT_DEATH(registry.Add(Heap(), 2), "registered twice");
  EXPECT_DEATH(registry.Add(Unaligned(), 3), "protocol unaligned in the registry of state-backend");
}

TEST(CatalogTest, KeepsKindsTogetherAndFindsByKindAndName) {
  Catalog catalog;
  catalog.Add(Heap());
  catalog.Add(Unaligned());
  catalog.Add(RocksDb());
  EXPECT_THAT(catalog.Names(PartKind::kStateBackend), ElementsAre("heap", "rocksdb"));
  EXPECT_EQ(catalog.descriptors().front().name, "unaligned");
  EXPECT_EQ((*catalog.Find(PartKind::kStateBackend, "rocksdb"))->Title(), "state-backend rocksdb");
  EXPECT_FALSE(catalog.Find(PartKind::kProtocol, "heap").ok());
  EXPECT_DEATH(catalog.Add(Heap()), "state-backend heap is added twice");
}

TEST(DescriptorTextTest, TheReferenceHasASectionPerKindAndATablePerPart) {
  const std::vector<Descriptor> parts = {Heap(), RocksDb(), Unaligned()};
  const auto page = PartReferenceMarkdown(parts);
  EXPECT_LT(page.find("\n## protocol\n"), page.find("\n## state-backend\n"));
  EXPECT_THAT(page, HasSubstr("### unaligned\n\nMarkers overtake data.\n\nGuarantee: exactly-once after a kill\n"));
  EXPECT_THAT(page, HasSubstr("Capabilities: constant-time-cut\n"));
  EXPECT_THAT(page, HasSubstr("| `segment-size` | bytes | 16KiB | 1KiB .. 1MiB |  | Bytes of a segment. |\n"));
  EXPECT_THAT(page, HasSubstr("| `idle` | spin \\| block | spin |"));
  EXPECT_THAT(page, HasSubstr("### rocksdb\n\nRows on disk.\n\nNo options.\n"));
}

TEST(DescriptorTextTest, TheListIsAlignedUnderItsKinds) {
  const std::vector<Descriptor> parts = {Heap(), RocksDb(), Unaligned()};
  EXPECT_EQ(PartListText(parts),
            "protocol\n"
            "  unaligned  Markers overtake data.\n"
            "\n"
            "state-backend\n"
            "  heap       Rows in memory, cut in constant time.\n"
            "  rocksdb    Rows on disk.\n");
}

TEST(DescriptorTextTest, TheHelpOfAPartShowsEveryOption) {
  EXPECT_EQ(PartHelpText(Heap()),
            "state-backend heap: Rows in memory, cut in constant time.\n"
            "  capabilities: constant-time-cut\n"
            "  segment-size  Bytes of a segment. (bytes, default 16KiB, 1KiB .. 1MiB)\n"
            "  idle          What to do when idle. (spin | block, default spin)\n");
}

}  // namespace
}  // namespace holdfast
