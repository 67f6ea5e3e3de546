#include "apps/inspect/inspect.h"

#include <ctime>
#include <map>
#include <sstream>

#include "core/snapshot/part.h"

namespace holdfast {
namespace {

std::string Utc(std::int64_t millis) {
  const std::time_t seconds = millis / 1000;
  std::tm fields{};
  gmtime_r(&seconds, &fields);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}Z", fields.tm_year + 1900, fields.tm_mon + 1,
                     fields.tm_mday, fields.tm_hour, fields.tm_min, fields.tm_sec, millis % 1000);
}

std::vector<std::string> FunctionNames(const Manifest& manifest) {
  std::vector<std::string> names;
  std::istringstream table(manifest.name_table);
  for (std::string line; std::getline(table, line);) {
    if (line.starts_with("function ")) names.push_back(line.substr(9));
  }
  return names;
}

std::string TableName(const std::vector<std::string>& functions, TableId table) {
  if (table == kDelayedTable) return "delayed messages";
  if (table == kAsyncTable) return "pending asynchronous operations";
  if (table == kParkedTable) return "parked messages";
  return table.value < functions.size() ? functions[table.value] : fmt::format("table {}", table);
}

struct Totals {
  std::uint64_t bytes = 0, rows = 0, messages = 0;
};

Totals Sum(const Manifest& manifest) {
  Totals totals;
  for (const auto& part : manifest.parts) {
    totals.bytes += part.bytes;
    totals.rows += part.rows;
    totals.messages += part.messages;
  }
  return totals;
}

}  // namespace

Result<std::vector<SnapshotId>> SnapshotIds(ObjectStore& store) {
  HOLDFAST_ASSIGN(const auto names, store.List(kManifestFolder));
  std::vector<SnapshotId> ids;
  for (const auto& name : names) {
    if (const auto id = SnapshotOfName(name)) ids.push_back(*id);
  }
  return ids;
}

Result<std::string> ListSnapshots(ObjectStore& store) {
  HOLDFAST_ASSIGN(const auto ids, SnapshotIds(store));
  if (ids.empty()) return std::string("no snapshots\n");
  auto text = fmt::format("{:<12} {:<16} {:<25} {:>6} {:>12} {:>10} {:>14}\n", "snapshot", "protocol", "completed",
                          "parts", "rows", "in flight", "bytes");
  for (const auto id : ids) {
    const auto manifest = ReadManifest(store, ManifestName(id));
    if (!manifest.ok()) {
      text += fmt::format("{:<12} damaged: {}\n", fmt::to_string(id), manifest.error().message);
      continue;
    }
    const auto totals = Sum(*manifest);
    text +=
        fmt::format("{:<12} {:<16} {:<25} {:>6} {:>12} {:>10} {:>14}\n", fmt::to_string(id), manifest->protocol,
                    Utc(manifest->completed_at), manifest->parts.size(), totals.rows, totals.messages, totals.bytes);
  }
  return text;
}

Result<std::string> ShowSnapshot(ObjectStore& store, SnapshotId id) {
  HOLDFAST_ASSIGN(const auto manifest, ReadManifest(store, ManifestName(id)));
  auto text = fmt::format("snapshot   {}\nprotocol   {}\ntriggered  {}\ncompleted  {}\nworkers    {}\n", id,
                          manifest.protocol, Utc(manifest.triggered_at), Utc(manifest.completed_at), manifest.workers);
  const auto functions = FunctionNames(manifest);
  for (const auto& info : manifest.parts) {
    std::map<TableId, std::pair<std::uint64_t, std::uint64_t>> tables;  // Rows, bytes.
    std::uint64_t egress = 0;
    PartVisitor visitor;
    visitor.row = [&](const RowKey& key, std::string_view value) -> Status {
      auto& [rows, bytes] = tables[key.table];
      ++rows;
      bytes += key.id.size() + value.size();
      return {};
    };
    visitor.egress = [&](const EgressBatch& batch) -> Status {
      egress += batch.records.size();
      return {};
    };
    HOLDFAST_ASSIGN(const auto meta, ReadPart(store, info, visitor));
    text += fmt::format("\nworker {}: {} bytes, cut in {:.3f} ms, durable after {:.1f} ms\n", info.worker, info.bytes,
                        static_cast<double>(info.cut_nanos) / 1e6, static_cast<double>(info.upload_nanos) / 1e6);
    for (const auto& [table, counts] : tables) {
      text +=
          fmt::format("  {:<32} {:>10} rows {:>12} bytes\n", TableName(functions, table), counts.first, counts.second);
    }
    text += fmt::format("  {:<32} {:>10}\n  {:<32} {:>10} bytes\n", "messages in flight", info.messages,
                        "egress not yet confirmed", egress);
    for (const auto& [partition, offset] : meta.ingress) {
      text += fmt::format("  ingress partition {:<14} {:>10} next offset\n", partition, offset);
    }
    if (meta.lsn > Lsn(0)) text += fmt::format("  {:<32} {:>10}\n", "last log record contained", meta.lsn);
  }
  return text;
}

Status VerifySnapshot(ObjectStore& store, SnapshotId id) {
  HOLDFAST_ASSIGN(const auto manifest, ReadManifest(store, ManifestName(id)));
  for (const auto& part : manifest.parts) HOLDFAST_TRY(ReadPart(store, part, {}).status());
  return {};
}

}  // namespace holdfast
