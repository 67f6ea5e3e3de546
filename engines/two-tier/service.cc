#include "engines/two-tier/service.h"

#include <charconv>
#include <cstdio>
#include <unordered_set>

#include "core/base/hash.h"
#include "core/ports/egress.h"
#include "engines/two-tier/courier.h"
#include "engines/two-tier/housekeeper.h"
#include "engines/two-tier/task_threads.h"
#include "engines/two-tier/unit_threads.h"

namespace holdfast::two_tier {

namespace {

constexpr int kOperationThreads = 8;
constexpr Duration kLastWordsTimeout = std::chrono::seconds(1);

EnvelopeView Parse(std::string_view envelope) {
  EnvelopeView message;
  HOLDFAST_CHECK(TakeEnvelope(envelope, message), "a message of {} bytes does not parse", envelope.size());
  return message;
}

class Service {
 public:
  Service(const ServiceOptions& options, std::shared_ptr<const Application> application,
          const MakeEndpoint& make_endpoint, Database& database)
      : options_(options), application_(std::move(application)), courier_(loop_, Peers(options)) {
    for (int i = 0; i < options.connections; ++i) {
      auto runner = std::make_unique<UnitRunner>(
          UnitRunner::Options{options.outbox, options.index, options.seed + static_cast<std::uint64_t>(i)},
          application_, make_endpoint(application_), database.NewSession());
      units_.push_back(std::make_unique<UnitThread>(std::move(runner)));
    }
    housekeeper_ = std::make_unique<Housekeeper>(Housekeeper::Options{options.outbox, options.index, options.poll},
                                                 database.NewSession(), Listener());
  }

  Status Run() {
    loop_.Post([this] { Begin(); });
    loop_.Run();
    return end_;
  }

 private:
  static std::vector<std::string> Peers(const ServiceOptions& options) {
    std::vector<std::string> peers;
    for (int i = 0; i < options.services; ++i) peers.push_back(ServiceSocket(options.folder, i));
    peers.push_back(SinkSocket(options.folder));
    return peers;
  }
  std::size_t sink() const { return static_cast<std::size_t>(options_.services); }

  Housekeeper::Listener Listener() {
    return {.found =
                [this](std::vector<OutboxRow> rows) {
                  loop_.Post([this, rows = std::move(rows)]() mutable { Found(std::move(rows)); });
                },
            .searched = [this](std::uint64_t number) { loop_.Post([this, number] { Searched(number); }); },
            .deleted =
                [this](std::vector<MessageId> ids) {
                  loop_.Post([this, ids = std::move(ids)] {
                    for (const auto id : ids) under_way_.erase(id);
                  });
                },
            .egress =
                [this](EgressBatch batch) {
                  loop_.Post([this, batch = std::move(batch)]() mutable { Commit(std::move(batch)); });
                },
            .failed = [this](Error error) { loop_.Post([this, error = std::move(error)] { End(error); }); }};
  }

  // With an outbox, output goes on where the sink is.
  void Begin() {
    if (!options_.outbox) return Open();
    courier_.Send({.peer = sink(),
                   .lane = "/sink",
                   .request = {"/fence", fmt::to_string(options_.index), ""},
                   .delivered = [this](const std::string& position) {
                     housekeeper_->EgressAcknowledged(std::strtoull(position.c_str(), nullptr, 10));
                     Open();
                   }});
  }

  void Open() {
    auto listening = HttpServer::Listen(
        loop_, ServiceSocket(options_.folder, options_.index),
        [this](HttpRequest request, HttpServer::Answer answer) { Handle(std::move(request), std::move(answer)); });
    if (!listening.ok()) return End(listening.error());
    server_ = std::move(listening).value();
  }

  // Says why, and waits for nobody who does not listen.
  void End(Error error) {
    if (!end_.ok()) return;
    courier_.Send({.peer = sink(),
                   .lane = "/last-words",
                   .request = {"/last-words", fmt::to_string(options_.index), error.message},
                   .delivered = [this](const std::string&) { loop_.Stop(); }});
    loop_.After(kLastWordsTimeout, [this] { loop_.Stop(); });
    end_ = std::move(error);
  }

  void Handle(HttpRequest request, HttpServer::Answer answer) {
    if (request.path == "/status") {
      counters_.retries = courier_.retries();
      counters_.durable_units = counters_.units;
      return answer({kHttpOk, EncodeCounters(counters_)});
    }
    UnitInput input{.envelope = std::move(request.body)};
    const auto message = Parse(input.envelope);
    if (options_.outbox) {
      input.consume = request.path == "/due" ? Consume::kRow : Consume::kMark;
      std::from_chars(request.key.data(), request.key.data() + request.key.size(), input.id);
    }
    const auto depth = request.depth;
    auto& thread = ThreadOf(message.target.id);
    thread.Add(std::move(input), [this, depth, answer = std::move(answer)](Result<UnitOutcome> outcome) {
      loop_.Post(
          [this, depth, answer, outcome = std::move(outcome)]() mutable { Finish(std::move(outcome), depth, answer); });
    });
  }

  void Finish(Result<UnitOutcome> outcome, unsigned depth, const HttpServer::Answer& answer) {
    if (!outcome.ok()) {
      if (outcome.error().code != ErrorCode::kUnavailable) return End(outcome.error());
      if (options_.outbox) housekeeper_->Search(++wanted_search_);  // It may have committed all the same.
      return answer({kHttpTryAgain, outcome.error().message});
    }
    if (outcome->kind == UnitOutcome::Kind::kRepeated) return Acknowledge(answer);
    ++counters_.units;
    counters_.dead_letters += outcome->dead_letter ? 1 : 0;
    if (options_.outbox) {
      Acknowledge(answer);
      if (outcome->emitted) housekeeper_->EgressWaits();
      for (auto& row : outcome->rows) Leave(std::move(row));
      return;
    }
    // The last of those that share it answers.
    const std::shared_ptr<void> all(nullptr, [this, answer](void*) { Acknowledge(answer); });
    for (auto& row : outcome->rows) Dispatch(std::move(row), {depth + 1, all});
    if (!outcome->egress.empty()) {
      courier_.Send({.peer = sink(),
                     .lane = EmitLane(outcome->egress),
                     .request = {"/emit", fmt::to_string(options_.index), std::move(outcome->egress)},
                     .delivered = [all](const std::string&) {}});
    }
  }

  // The caller learns that the message is done with; or nothing, and sends it again.
  void Acknowledge(const HttpServer::Answer& answer) {
    const bool lost = options_.replies != nullptr && options_.replies->Next(false) == Fault::kLoseAnswer;
    answer({lost ? 0 : kHttpOk, ""});
  }

  // Output under one key keeps its order.
  static std::string EmitLane(std::string_view records) {
    EgressRecord first;
    TakeEgressRecord(records, first);
    return fmt::format("/sink/{}", first.key);
  }

  void Found(std::vector<OutboxRow> rows) {
    for (auto& row : rows) Dispatch(std::move(row), {});
  }

  // What an earlier process committed, or a unit of which nobody knows whether it did, may be older than this row and
  // from the same sender: nothing leaves before that has been found.
  void Leave(OutboxRow row) {
    if (searched_ == wanted_search_) return Dispatch(std::move(row), {});
    held_.push_back(std::move(row));
  }

  void Searched(std::uint64_t number) {
    searched_ = std::max(searched_, number);
    if (searched_ < wanted_search_) return;
    for (auto& row : std::exchange(held_, {})) Dispatch(std::move(row), {});
  }

  // The call that waits for a message to be delivered, if there is one.
  struct Waiting {
    unsigned depth = 0;            // Of the message.
    std::shared_ptr<void> keep{};  // To be let go then.
  };

  void Dispatch(OutboxRow row, Waiting waiting) {
    if (row.id != 0 && !under_way_.insert(row.id).second) return;
    if (row.due != AppTime{}) return FireDelayed(std::move(row));
    if (row.kind == OutboxRow::Kind::kMessage) {
      return SendMessage(row.id, false, std::move(row.body), std::move(waiting));
    }
    auto call = std::make_shared<const std::string>(std::move(row.body));
    operations_.Add([this, id = row.id, call, waiting = std::move(waiting)] {
      const auto parsed = ReadOperationCall(*call);
      const auto answer = application_->async_operations()[parsed.operation.value].run(parsed.self.payload);
      loop_.Post([this, id, waiting, envelope = OutcomeEnvelope(*application_, parsed, answer)] {
        SendMessage(id, options_.outbox, envelope, waiting);
      });
    });
  }

  // A unit of the sender that began before the message was due may still cancel it. Those that begin now know that they
  // are late.
  void FireDelayed(OutboxRow row) {
    auto& thread = ThreadOf(row.sender_id);
    thread.AfterPresentUnit([this, row = std::move(row)]() mutable {
      loop_.Post(
          [this, row = std::move(row)]() mutable { SendMessage(row.id, options_.outbox, std::move(row.body), {}); });
    });
  }

  // An address belongs to one of the threads.
  UnitThread& ThreadOf(std::string_view id) {
    return *units_[Hash64(id) / static_cast<std::uint64_t>(options_.services) % units_.size()];
  }

  // `goes_with_it`: the row is deleted by the unit that handles the message. Where calls wait for those they make, a
  // lane for each depth keeps a call from waiting behind one that waits for it.
  void SendMessage(MessageId id, bool goes_with_it, std::string envelope, Waiting waiting) {
    const auto message = Parse(envelope);
    const auto peer = OwnerOf(message.target.id, options_.services);
    ++(peer == options_.index ? counters_.messages_local : counters_.messages_remote);
    courier_.Send({.peer = static_cast<std::size_t>(peer),
                   .lane = fmt::format("{}/{}", waiting.depth, message.target.id),
                   .request = {goes_with_it ? "/due" : "/message", id == 0 ? "" : fmt::to_string(id),
                               std::move(envelope), waiting.depth},
                   .delivered = [this, id, goes_with_it, keep = std::move(waiting.keep)](const std::string&) {
                     if (goes_with_it) {
                       under_way_.erase(id);
                     } else if (id != 0) {
                       housekeeper_->Delivered(id);
                     }
                   }});
  }

  void Commit(EgressBatch batch) {
    courier_.Send(
        {.peer = sink(),
         .lane = "/sink",
         .request = {"/commit", fmt::format("{} {}", options_.index, batch.position), std::move(batch.records)},
         .delivered = [this, position = batch.position](const std::string&) {
           housekeeper_->EgressAcknowledged(position);
         }});
  }

  const ServiceOptions options_;
  const std::shared_ptr<const Application> application_;
  EventLoop loop_;
  Courier courier_;
  EngineCounters counters_;
  std::unordered_set<MessageId> under_way_;  // Rows of the database that are being delivered, or deleted after it.
  std::uint64_t wanted_search_ = Housekeeper::kFirstSearch;
  std::uint64_t searched_ = 0;
  std::vector<OutboxRow> held_;  // Until it is.
  Status end_;
  std::unique_ptr<HttpServer> server_;
  TaskThreads operations_{kOperationThreads};
  std::vector<std::unique_ptr<UnitThread>> units_;
  std::unique_ptr<Housekeeper> housekeeper_;
};

}  // namespace

Status RunService(const ServiceOptions& options, std::shared_ptr<const Application> application,
                  const MakeEndpoint& make_endpoint, Database& database) {
  return Service(options, std::move(application), make_endpoint, database).Run();
}

int OwnerOf(std::string_view id, int services) {
  return static_cast<int>(Hash64(id) % static_cast<std::uint64_t>(services));
}

std::string ServiceSocket(const std::string& folder, int index) {
  return fmt::format("{}/service-{}.sock", folder, index);
}

std::string SinkSocket(const std::string& folder) { return folder + "/sink.sock"; }

std::string EncodeCounters(const EngineCounters& counters) {
  return fmt::format("{} {} {} {} {} {}", counters.units, counters.durable_units, counters.messages_local,
                     counters.messages_remote, counters.retries, counters.dead_letters);
}

EngineCounters DecodeCounters(std::string_view text) {
  EngineCounters counters;
  for (auto* number : {&counters.units, &counters.durable_units, &counters.messages_local, &counters.messages_remote,
                       &counters.retries, &counters.dead_letters}) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
    text.remove_prefix(std::min(static_cast<std::size_t>(end - text.data()) + 1, text.size()));
  }
  return counters;
}

}  // namespace holdfast::two_tier
