// Every sync of the filesystem stores is there because a crash would hurt without it. The tests of the stores show this
// for each; here a whole cluster loses what it promised.
#include "storage-backends/durable/sync_sites.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "chaos/simulation/trouble.h"
#include "tests/simulation/campaigns.h"

namespace holdfast {
namespace {

struct Hunt {
  SyncSite site;
  std::string protocol;
};

// Trouble by kills and power cuts alone.
void TroubleWithPower(SimConfig& config) {
  Trouble(config);
  config.mix.kill_coordinator = 0;
  config.mix.store_errors = 0;
  config.mix.slow_work = 0;
}

// True if a run breaks its promise. Most sites need fewer than ten runs; object.open, some two hundred.
bool SomeRunBreaks(const Hunt& hunt) {
  auto campaign = GreeterCampaign(hunt.protocol, 4000);
  campaign.adjust = [&hunt](SimConfig& config) {
    TroubleWithPower(config);
    if (hunt.site == sync_site::kObjectOpen) config.workers = 1;  // More manifests among the calls.
    config.skip_sync = hunt.site;
  };
  for (auto seed = campaign.from; seed < campaign.from + campaign.seeds; ++seed) {
    if (!RunSeed(campaign, seed).violation.empty()) return true;
  }
  return false;
}

class SyncSiteTest : public testing::TestWithParam<Hunt> {};

TEST_P(SyncSiteTest, LeavingItOutBreaksAPromise) {
  // In a process of its own, because the worker may notice first, and abort.
  const auto noticed = [](int status) { return !testing::ExitedWithCode(0)(status); };
  EXPECT_EXIT(std::exit(SomeRunBreaks(GetParam()) ? 1 : 0), noticed, "");
}

// Not here:
//   object.delete: deleted are expired snapshots and left-overs. What is back after a crash is older than the newest
//   snapshot, its name is never used again, and the next start deletes it once more. Only a reader of the store itself
//   could tell, and tests/unit/storage-backends/durable/object_store_crash_test.cc is one.
std::vector<Hunt> Hunts() {
  std::vector<Hunt> hunts;
  for (const auto site : kFilesystemSyncSites) {
    if (site == sync_site::kObjectDelete) continue;
    // Of the two, the one whose promise hangs more on the site: snapshots, or the log and its incarnations.
    const bool logging = site.starts_with("log.") || site.starts_with("object.swap-");
    hunts.push_back({site, logging ? "message-logging" : "unaligned"});
  }
  return hunts;
}

INSTANTIATE_TEST_SUITE_P(Sites, SyncSiteTest, testing::ValuesIn(Hunts()), [](const auto& hunt) {
  std::string name(hunt.param.site);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '.' || c == '-'; }, '_');
  return name;
});

TEST(TroubledTimesTest, WithAllSyncsEvenTroubledTimesBreakNothing) {
  for (const auto* protocol : {"stop-the-world", "unaligned", "message-logging"}) {
    auto campaign = GreeterCampaign(protocol, 100);
    campaign.adjust = TroubleWithPower;
    const auto result = RunCampaign(campaign);
    EXPECT_EQ(result.failed, 0u) << FailureText({result});
  }
}

}  // namespace
}  // namespace holdfast
