#include "results/record/run_io.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include "core/base/hash.h"
#include "results/record/histogram_codec.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/results/example/example_run.h"

namespace holdfast {
namespace {

using namespace record;
using testing::HasSubstr;

const record::Run& Example() {
  static const record::Run run = ExampleRun();
  return run;
}

std::string Json(const record::Run& run) { return RunToJson(run).value(); }

// The example's text with the first `from` replaced.
std::string Edited(std::string_view from, std::string_view to) {
  auto text = Json(Example());
  text.replace(text.find(from), from.size(), to);
  return text;
}

std::string ErrorOf(std::string_view json) {
  const auto run = RunFromJson(json);
  return run.ok() ? "no error" : run.error().message;
}

class RunFolderTest : public testing::Test {
 protected:
  const TemporaryFolder base_;
  const std::filesystem::path folder_ = base_ / "run";
};

TEST(RunIoTest, RoundTripKeepsEveryField) {
  const auto text = Json(Example());
  const auto back = RunFromJson(text);
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(Json(*back), text);
  EXPECT_EQ(back->points.size(), 8u);
  EXPECT_EQ(back->points[3].faults.at(0).applied_s, 10.03);
  EXPECT_EQ(back->points[3].faults.at(0).healed_s, std::nullopt);
  EXPECT_EQ(back->points[1].verdict.verdict, Verdict::kExpectedNotGuaranteed);
  EXPECT_EQ(back->points[2].validity.back().verdict, Validity::kSuspect);
  EXPECT_EQ(back->points[0].axes, Example().points[0].axes);
}

TEST(RunIoTest, SeedsSurviveWithAll64Bits) {
  record::Run run;
  run.seed = std::numeric_limits<std::uint64_t>::max();
  EXPECT_THAT(Json(run), HasSubstr("\"seed\": \"18446744073709551615\""));
  EXPECT_EQ(RunFromJson(Json(run))->seed, run.seed);
}

TEST(RunIoTest, PercentilesMatchTheHistogramKeptBesideThem) {
  const auto& latency = FindPhase(Example().points[3], kRecovery)->response;
  const auto histogram = DecodeHistogram(latency.hdr_v2_base64);
  ASSERT_TRUE(histogram.ok());
  EXPECT_EQ(histogram->count(), latency.count);
  EXPECT_EQ(histogram->Percentile(99), latency.p99_ns);
}

TEST(RunIoTest, AnotherSchemaVersionIsRefusedInOneSentence) {
  EXPECT_EQ(
      ErrorOf(Edited("\"schema_version\": 5", "\"schema_version\": 7")),
      "results.json has schema version 7, this program reads version 5: use the release of Holdfast that wrote it, "
      "or run the suite again");
}

TEST(RunIoTest, TextThatIsNoRecordIsRefused) {
  EXPECT_EQ(ErrorOf("[]"), "results.json is not a run record: it has no schema_version");
  EXPECT_THAT(ErrorOf("{\"schema_version\": 2,"), HasSubstr("results.json is not JSON: "));
}

TEST(RunIoTest, NamesThePlaceOfAWrongType) {
  EXPECT_EQ(ErrorOf(Edited("\"offered\": 400000", "\"offered\": \"many\"")),
            "results.json: points[0].counts.offered: expected an integer, found 'many'");
}

TEST(RunIoTest, NamesAMissingField) {
  EXPECT_EQ(ErrorOf(Edited("\"units\": ", "\"unit\": ")), "results.json: points[0].counts: field 'units' is missing");
}

TEST(RunIoTest, NamesAnUnknownField) {
  EXPECT_EQ(ErrorOf(Edited("\"ledger\": {", "\"ledger\": {\"lost\": 1, ")),
            "results.json: points[0].ledger: unknown field 'lost'");
}

TEST(RunIoTest, NamesTheWordsThatAVerdictMayBe) {
  EXPECT_EQ(ErrorOf(Edited("\"verdict\": \"held\"", "\"verdict\": \"fine\"")),
            "results.json: points[0].verdict.verdict: expected one of held, expected-not-guaranteed, broken, invalid, "
            "failed, found 'fine'");
}

TEST(RunIoTest, RefusesToWriteANumberThatIsNotFinite) {
  record::Run run = Example();
  run.points[2].cost.cpu_seconds = std::numeric_limits<double>::quiet_NaN();
  const auto text = RunToJson(run);
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().message, "run record: points[2].cost.cpu_seconds is not a finite number");
}

TEST_F(RunFolderTest, WritesTheFolderAndReadsItBack) {
  ASSERT_TRUE(WriteRun(folder_ / "runs" / "a", Example()).ok());
  const auto run = ReadRun(folder_ / "runs" / "a");
  ASSERT_TRUE(run.ok()) << run.error().message;
  EXPECT_EQ(Json(*run), Json(Example()));
}

TEST_F(RunFolderTest, ReplacesAnOldRecordAndLeavesNoTemporaryFile) {
  record::Run run = Example();
  ASSERT_TRUE(WriteRun(folder_, run).ok());
  run.suite = "other";
  ASSERT_TRUE(WriteRun(folder_, run).ok());
  EXPECT_EQ(ReadRun(folder_ / "results.json")->suite, "other");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(RunFolderTest, AMissingRunIsNotFound) {
  const auto run = ReadRun(folder_ / "nothing");
  ASSERT_FALSE(run.ok());
  EXPECT_EQ(run.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(run.error().message, HasSubstr("nothing: No such file or directory"));
}

TEST(RunVerdictTest, OnlyABrokenPromiseOrAFailedPointBreaksTheGuarantee) {
  record::Run run = Example();
  EXPECT_FALSE(GuaranteeBroken(run));
  run.points[0].verdict.verdict = Verdict::kInvalid;
  EXPECT_FALSE(GuaranteeBroken(run));
  run.points[0].verdict.verdict = Verdict::kBroken;
  EXPECT_TRUE(GuaranteeBroken(run));
  run.points[0].verdict.verdict = Verdict::kFailed;
  EXPECT_TRUE(GuaranteeBroken(run));
}

// A record of another version is refused by its number; one of the same number with other fields, by a puzzle.
TEST(ReferenceTest, OtherFieldsHaveAnotherVersion) {
  std::string fields;
  std::istringstream page(ResultsReferenceMarkdown());
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ") || line.starts_with("| `")) fields += line.substr(0, line.find('|', 2)) + "\n";
  }
  EXPECT_EQ(kRunSchemaVersion, 5);
  EXPECT_EQ(Hash64(fields), 12061959021571804778u)
      << "raise kRunSchemaVersion, and give the new hash and version here:\n"
      << fields;
}

TEST(ReferenceTest, ThePageInDocsIsWhatTheSchemaSays) {
  const auto page = ReadFile(HOLDFAST_SOURCE_DIR "/docs/reference/results.md");
  ASSERT_TRUE(page.ok()) << page.error().message;
  EXPECT_EQ(*page, ResultsReferenceMarkdown()) << "out of date; run scripts/reference";
}

}  // namespace
}  // namespace holdfast
