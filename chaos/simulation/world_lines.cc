// World: every recovery line that the protocol declares is audited: a snapshot of all workers when it is complete, and
// what the workers hold when all of them have been restored and none has gone on. With a log, workers recover alone:
// the line is what the restored one has come back to, together with what the others hold, and whatever all hold at any
// other instant must be one too.
#include "chaos/simulation/world.h"
#include "chaos/simulation/world_processes.h"
#include "core/base/units.h"
#include "workloads/oracles/channel_ends.h"
#include "workloads/oracles/line_feed.h"

namespace holdfast {
namespace {

ChannelEnds EndsOf(const Worker& worker, std::uint16_t workers, WorkerId self) {
  ChannelEnds ends;
  for (std::uint16_t i = 0; i < workers; ++i) {
    const WorkerId peer(i);
    if (peer == self) continue;
    const auto sent = worker.outbox().sent(peer);
    const auto consumed = worker.inbox().consumed(peer);
    for (const auto lane : kAllLanes) {
      ends.out[{peer, lane}].sent = sent[static_cast<std::size_t>(lane)];
      ends.consumed[{peer, lane}] = consumed[static_cast<std::size_t>(lane)];
    }
  }
  worker.outbox().ForEachKept([&](const OutboxRun& run) {
    ends.out[{run.peer, run.lane}].kept.push_back({run.first_sequence, run.count});
  });
  return ends;
}

}  // namespace

void World::FoundOnLine(const Findings& findings) {
  ++report_.lines;
  if (findings.none() || report_.failure != SimFailure::kNone) return;
  report_.failure = SimFailure::kInconsistentLine;
  report_.violation = findings.Text();
}

void World::AuditSnapshot(const Manifest& manifest) {
  const auto& traits = parts_.protocol.traits;
  if (traits.effect_log) return AuditWorkers();
  if (!parts_.auditor || !traits.guarantee.exactly_once_state) return;
  const DiskWatcher::Blind unseen(store_machine_->watcher);
  LineFeed feed(*parts_.application, *parts_.auditor);
  const auto name = fmt::format("snapshot {}", manifest.id);
  Findings findings;
  if (const auto status = feed.Snapshot(*coordinator_->objects, manifest); !status.ok()) {
    findings.Add(Damage::kInconsistentLine, [&] { return fmt::format("{}: {}", name, status.error().message); });
  }
  parts_.auditor->Judge(name, findings);
  FoundOnLine(findings);
}

void World::AuditWorkers() {
  const auto& traits = parts_.protocol.traits;
  if (!parts_.auditor || !traits.guarantee.exactly_once_state) return;
  for (const auto& process : workers_) {
    if (!process || !process->worker) return;
    const auto phase = process->worker->phase();
    const bool holds = phase == Worker::Phase::kRestored || (traits.effect_log && phase == Worker::Phase::kRunning);
    if (!holds || process->worker->world_line() != workers_[0]->worker->world_line()) return;
  }
  const auto name = fmt::format("what the workers hold at {}", FormatDuration(scheduler_.Now() - SteadyTime()));
  Findings findings;
  std::vector<ChannelEnds> ends;
  for (const auto& process : workers_) {
    FeedWorker(*process).OrDie();
    if (traits.effect_log) ends.push_back(EndsOf(*process->worker, config_.workers, process->self.id));
  }
  CheckChannels(name, ends, findings);
  parts_.auditor->Judge(name, findings);
  FoundOnLine(findings);
}

Status World::FeedWorker(const WorkerProcess& process) {
  const auto& worker = *process.worker;
  const bool kept_by_sender = parts_.protocol.traits.effect_log;
  LineFeed feed(*parts_.application, *parts_.auditor);
  for (const auto& [partition, offset] : worker.positions()) parts_.auditor->Position(partition, offset);
  HOLDFAST_TRY(VisitRows(process, [&](const RowKey& key, std::string_view value) { return feed.Row(key, value); }));
  const DiskWatcher::Blind unseen(machines_[process.self.id.value]->watcher);
  HOLDFAST_TRY(ForEachRun(worker.FreezeQueue(), [&](const MessageRun& run) -> Status {
    if (kept_by_sender && run.first.worker != process.self.id) return {};
    return feed.Messages(InTransit::Where::kQueued, run.envelopes);
  }));
  if (!kept_by_sender) return {};
  Status status;
  worker.outbox().ForEachKept([&](const OutboxRun& run) {
    const auto consumed = workers_[run.peer.value]->worker->inbox().consumed(process.self.id);
    if (status.ok()) status = feed.Sent(run, consumed[static_cast<std::size_t>(run.lane)]);
  });
  return status;
}

Status World::VisitRows(const WorkerProcess& process, const RowVisitor& visit) const {
  const auto functions = static_cast<std::uint16_t>(parts_.application->functions().size());
  for (std::uint16_t table = 0; table < functions; ++table) {
    HOLDFAST_TRY(process.state->ForEachIn(TableId(table), visit));
  }
  for (const auto table : {kDelayedTable, kAsyncTable, kParkedTable}) {
    HOLDFAST_TRY(process.state->ForEachIn(table, visit));
  }
  return {};
}

}  // namespace holdfast
