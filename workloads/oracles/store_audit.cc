#include "workloads/oracles/store_audit.h"

#include "core/snapshot/manifest.h"
#include "core/snapshot/part.h"
#include "workloads/oracles/channel_ends.h"
#include "workloads/oracles/line_feed.h"

namespace holdfast {
namespace {

void Blame(Findings& findings, std::string_view line, const Error& error) {
  findings.Add(Damage::kInconsistentLine, [&] { return fmt::format("{}: {}", line, error.message); });
}

// What a part knows of its channels.
Result<ChannelEnds> EndsOf(ObjectStore& store, const PartInfo& part) {
  ChannelEnds ends;
  PartVisitor visitor;
  visitor.outbox = [&](const OutboxRun& run) -> Status {
    ends.out[{run.peer, run.lane}].kept.push_back({run.first_sequence, run.count});
    return {};
  };
  HOLDFAST_ASSIGN(const auto meta, ReadPart(store, part, visitor));
  for (const auto lane : kAllLanes) {
    const auto place = static_cast<std::size_t>(lane);
    for (const auto& [peer, sent] : meta.sent) ends.out[{peer, lane}].sent = sent[place];
    for (const auto& [peer, consumed] : meta.consumed) ends.consumed[{peer, lane}] = consumed[place];
  }
  return ends;
}

// One worker's newest part, and with it what its peers have not handled of what it sent.
Status FeedPart(ObjectStore& store, const PartInfo& part, const std::vector<ChannelEnds>& ends, LineFeed& feed,
                LineAuditor& auditor) {
  PartVisitor visitor;
  visitor.row = [&](const RowKey& key, std::string_view value) { return feed.Row(key, value); };
  visitor.messages = [&](const MessageRun& run) { return feed.Messages(InTransit::Where::kQueued, run.envelopes); };
  visitor.outbox = [&](const OutboxRun& run) {
    const auto& known = ends.at(run.peer.value).consumed;
    const auto entry = known.find({part.worker, run.lane});
    return feed.Sent(run, entry == known.end() ? 0 : entry->second);
  };
  HOLDFAST_ASSIGN(const auto meta, ReadPart(store, part, visitor));
  for (const auto& [partition, offset] : meta.ingress) auditor.Position(partition, offset);
  return {};
}

Status FeedLine(ObjectStore& store, const Application& application, const std::map<WorkerId, PartInfo>& parts,
                LineAuditor& auditor, std::vector<ChannelEnds>& ends) {
  for (const auto& [worker, part] : parts) {
    HOLDFAST_ASSIGN(ends.emplace_back(), EndsOf(store, part));
  }
  LineFeed feed(application, auditor);
  for (const auto& [worker, part] : parts) HOLDFAST_TRY(FeedPart(store, part, ends, feed, auditor));
  return {};
}

}  // namespace

Result<std::uint64_t> AuditSnapshots(ObjectStore& store, const Application& application, LineAuditor& auditor,
                                     Findings& findings) {
  HOLDFAST_ASSIGN(const auto names, store.List(kManifestFolder));
  LineFeed feed(application, auditor);
  std::uint64_t lines = 0;
  for (const auto& name : names) {
    const auto manifest = ReadManifest(store, name);
    if (manifest.ok() && manifest->parts.size() < manifest->workers) continue;
    ++lines;
    const auto line = manifest.ok() ? fmt::format("snapshot {}", manifest->id) : name;
    const auto status = manifest.ok() ? feed.Snapshot(store, *manifest) : manifest.status();
    if (!status.ok()) Blame(findings, line, status.error());
    Findings found;
    auditor.Judge(line, status.ok() ? findings : found);
  }
  return lines;
}

Result<bool> AuditNewestParts(ObjectStore& store, const Application& application, std::int64_t at_rest_since,
                              LineAuditor& auditor, Findings& findings) {
  constexpr std::string_view kLine = "the newest snapshots of the workers";
  HOLDFAST_ASSIGN(const auto names, store.List(kManifestFolder));
  std::map<WorkerId, PartInfo> parts;
  std::map<WorkerId, std::int64_t> begun;
  std::size_t workers = 1;
  for (const auto& name : names) {  // Names sort by age.
    HOLDFAST_ASSIGN(const auto manifest, ReadManifest(store, name));
    workers = manifest.workers;
    for (const auto& part : manifest.parts) {
      parts[part.worker] = part;
      begun[part.worker] = manifest.triggered_at;
    }
  }
  const auto old = [&](const auto& entry) { return entry.second <= at_rest_since; };
  if (parts.size() < workers || std::ranges::any_of(begun, old)) return false;
  std::vector<ChannelEnds> ends;
  const auto status = FeedLine(store, application, parts, auditor, ends);
  if (!status.ok()) {
    if (status.error().code == ErrorCode::kNotFound) {  // Overtaken by a newer one: to be read again, from nothing.
      Findings of_half_a_line;
      auditor.Judge(kLine, of_half_a_line);
      return status.error();
    }
    Blame(findings, kLine, status.error());
    return true;
  }
  CheckChannels(kLine, ends, findings);
  auditor.Judge(kLine, findings);
  return true;
}

}  // namespace holdfast
