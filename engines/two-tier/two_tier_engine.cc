#include "engines/two-tier/two_tier_engine.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "engines/steady_now.h"

namespace holdfast::two_tier {

namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::seconds;

constexpr Duration kSampleInterval = 100ms;
constexpr Duration kCheckInterval = 5ms;      // How often the processes are looked at,
constexpr Duration kQuestionInterval = 20ms;  // and asked for their counters.
constexpr Duration kSpin = 200us;             // A sleep ends this much too late at times, so the rest is spun.

std::uint64_t NumberAt(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

TwoTierEngine::TwoTierEngine(Options options, std::shared_ptr<const Application> application, Generator& generator,
                             Collector& collector)
    : options_(std::move(options)),
      application_(std::move(application)),
      generator_(generator),
      collector_(collector) {}

TwoTierEngine::~TwoTierEngine() { Stop(); }

Status TwoTierEngine::MakeFolders() {
  auto name = options_.parent_folder + "/holdfast-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) {
    return MakeError(ErrorCode::kNotFound, "cannot make a folder in {}; it must exist and be writable",
                     options_.parent_folder);
  }
  folder_ = name;
  ::chmod(folder_.c_str(), 0711);  // The database may run as another user.
  if (options_.data_folder.empty()) options_.data_folder = folder_ + "/database";
  std::error_code failed;
  if (!std::filesystem::create_directories(options_.data_folder, failed)) {
    return MakeError(ErrorCode::kNotFound, "cannot make the folder {} for the database: {}", options_.data_folder,
                     failed ? failed.message() : "it exists");
  }
  return {};
}

Status TwoTierEngine::Start() {
  HOLDFAST_TRY(MakeFolders());
  if (options_.troubles) {
    options_.config.troubles = folder_ + "/troubles";
    HOLDFAST_ASSIGN(troubles_, TroubleWatch::Create(options_.config.troubles));
  }
  HOLDFAST_ASSIGN(database_, MakeDatabaseServer(options_.database,
                                                {options_.data_folder, options_.database_binaries, options_.cpus}));
  HOLDFAST_TRY(database_->Launch());
  const auto give_up = SteadyNow() + options_.start_timeout;
  while (!database_->Ready()) {
    if (database_->Poll() || SteadyNow() > give_up) {
      return MakeError(ErrorCode::kUnavailable, "the database does not start: {}", database_->LastWords());
    }
    loop_.RunFor(1ms);
  }
  HOLDFAST_TRY(OpenDatabase(options_.database, database_->folder(), {})->CreateTables());
  HOLDFAST_TRY(OpenSink());
  HOLDFAST_ASSIGN(outside_, StartOutside({options_.outside, options_.cpus}, options_.config, folder_, collector_,
                                         generator_.loop().get()));
  services_.resize(static_cast<std::size_t>(options_.services));
  for (std::size_t i = 0; i < services_.size(); ++i) {
    const auto socket = ServiceSocket(folder_, static_cast<int>(i));
    services_[i].client = std::make_unique<HttpClient>(loop_, HttpClient::Options{.path = socket, .connections = 1});
    HOLDFAST_TRY(LaunchService(i));
  }
  ingress_.emplace(IngressClient::Options{.folder = folder_, .services = options_.services}, loop_, application_,
                   generator_);
  while (!AllReady()) {
    HOLDFAST_TRY(RunUntil(SteadyNow() + 1ms));
    if (SteadyNow() > give_up) {
      return MakeError(ErrorCode::kUnavailable, "the services did not come up within {} s; they printed: {}",
                       duration_cast<seconds>(options_.start_timeout).count(), FileTail(folder_ + "/output"));
    }
  }
  for (std::uint16_t p = 0; p < generator_.partitions(); ++p) generator_.Subscribe(PartitionId(p), 0);
  return {};
}

Status TwoTierEngine::OpenSink() {
  HOLDFAST_ASSIGN(sink_, HttpServer::Listen(loop_, SinkSocket(folder_), [this](HttpRequest request, auto answer) {
                    TakeOutput(std::move(request), answer);
                  }));
  return {};
}

void TwoTierEngine::TakeOutput(HttpRequest request, const HttpServer::Answer& answer) {
  constexpr unsigned kBadRequest = 400;
  const std::string_view key(request.key);
  const WorkerId stream(static_cast<std::uint16_t>(NumberAt(key)));
  if (request.path == "/last-words" && stream.value < services_.size()) {
    services_[stream.value].last_words = std::move(request.body);
    return answer({kHttpOk, ""});
  }
  if (request.path == "/fence") {
    const auto position = collector_.Fence(stream, {});
    return answer({kHttpOk, fmt::to_string(position.ok() ? *position : 0)});
  }
  const auto position = NumberAt(key.substr(std::min(key.find(' '), key.size() - 1) + 1));
  const auto status = request.path == "/commit" ? collector_.Commit(stream, {}, position, request.body, SteadyNow())
                                                : collector_.Emit(stream, {}, request.body, SteadyNow());
  answer({status.ok() ? kHttpOk : kBadRequest, status.ok() ? "" : status.error().message});
}

Status TwoTierEngine::LaunchService(std::size_t index) {
  auto& config = options_.config;
  config.incarnation = config.incarnation.Next();
  config.gateway = folder_;
  config.data = database_->folder();
  const auto path = fmt::format("{}/service-{}.yaml", folder_, index);
  HOLDFAST_TRY(WriteSutConfig(config, path));
  auto command = options_.command;
  command.push_back(path);
  command.insert(command.end(), {"--service", fmt::to_string(index)});
  auto& service = services_[index];
  HOLDFAST_ASSIGN(service.child, ChildProcess::Start({command, options_.cpus, folder_ + "/output"}));
  service.ready = false;
  service.last_words.clear();
  return {};
}

Status TwoTierEngine::RunUntil(SteadyTime until) {
  for (auto now = SteadyNow(); now < until; now = SteadyNow()) {
    FollowPause(now);
    if (now >= next_check_) {
      HOLDFAST_TRY(Supervise(now));
      next_check_ = now + kCheckInterval;
    }
    if (now >= next_question_) {
      AskStatus();
      next_question_ = now + kQuestionInterval;
    }
    if (now >= next_sample_) {
      log_.usage.push_back(Measure());
      next_sample_ = now + kSampleInterval;
    }
    if (outside_) HOLDFAST_TRY(outside_->Carry());
    ingress_->Pump();
    Wait(std::min({until, next_check_, next_question_, next_sample_, paused_until_.value_or(until)}));
  }
  return {};
}

void TwoTierEngine::Wait(SteadyTime until) {
  until = std::min(until, ingress_->NextDue());
  const auto now = SteadyNow();
  const bool spin = until - now <= kSpin;
  loop_.RunFor(spin ? Duration::zero() : until - now - kSpin);
  if (spin && options_.yield) ::sched_yield();
}

EngineCounters TwoTierEngine::Counters() const {
  EngineCounters sum;
  for (const auto& service : services_) {
    sum += service.past_counters;
    sum += service.counters;
  }
  return sum;
}

EngineUsage TwoTierEngine::Measure() {
  EngineUsage usage;
  usage.at = SteadyNow();
  usage.units = Counters().units;
  if (database_) {
    const auto database = database_->Measure();
    usage.cpu = database.cpu;
    usage.resident_bytes = database.resident_bytes;
    usage.written_bytes = database.written_bytes;
  }
  for (auto& service : services_) {
    usage.cpu += service.past_usage.cpu;
    usage.written_bytes += service.past_usage.written_bytes;
    usage.context_switches += service.past_usage.context_switches;
    if (!service.child) continue;
    const auto& present = service.child->Sample();
    usage.cpu += present.cpu;
    usage.resident_bytes += present.resident_bytes;
    usage.written_bytes += present.written_bytes;
  }
  peak_resident_bytes_ = std::max(peak_resident_bytes_, usage.resident_bytes);
  usage.peak_resident_bytes = peak_resident_bytes_;
  return usage;
}

void TwoTierEngine::Stop() {
  if (folder_.empty()) return;
  services_.clear();
  ingress_.reset();
  sink_.reset();
  if (database_) database_->Stop();
  if (outside_) {
    outside_->Kill();
    log_.ledger = outside_->Ledger();
    outside_.reset();
  }
  std::error_code failed;  // What cannot be removed is left; the results matter more.
  std::filesystem::remove_all(folder_, failed);
  folder_.clear();
}

}  // namespace holdfast::two_tier
