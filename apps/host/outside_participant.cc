#include "apps/host/outside_participant.h"

#include <fstream>
#include <sstream>
#include <thread>

#include "apps/host/threads.h"
#include "engines/holdfast/sut_config.h"
#include "engines/outside/outside.h"
#include "workloads/suite/config/suite.h"

namespace holdfast {
namespace {

// How often it looks for more output.
constexpr Duration kGlance = std::chrono::milliseconds(1);

}  // namespace

Status RunParticipant(const Parts& parts, const std::string& config_file) {
  std::ifstream in(config_file);
  if (!in) return MakeError(ErrorCode::kNotFound, "{}: cannot be read", config_file);
  std::stringstream text;
  text << in.rdbuf();
  HOLDFAST_ASSIGN(const auto config, ParseSutConfig(text.str(), config_file));
  const auto catalog = parts.MakeCatalog();
  HOLDFAST_ASSIGN(const auto suite, ParseSuite(PointAsSuite(config), {}, {catalog, {}, {}}));
  const auto& part = suite.points.front().Part("workload");
  HOLDFAST_ASSIGN(const auto* registered, parts.workloads.Find(part.name, part.place));
  HOLDFAST_ASSIGN(const auto workload, registered->factory(part.options, config.seed));
  if (!workload.make_participant) {
    return MakeError(ErrorCode::kInvalidArgument, "workload {} has nobody outside", part.name);
  }
  const SystemClock clock;
  HOLDFAST_ASSIGN(const auto life, OutsideLife::Begin(config.data, workload.make_participant(), clock.Now()));
  for (;;) {
    const auto now = clock.Now();
    HOLDFAST_TRY(life->Turn(now));
    const auto wake = life->NextWake().value_or(now + kGlance);
    std::this_thread::sleep_for(std::clamp(wake - now, Duration(0), kGlance));
  }
}

}  // namespace holdfast
