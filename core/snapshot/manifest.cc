#include "core/snapshot/manifest.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "core/base/hash.h"

namespace holdfast {
namespace {

namespace json = boost::json;

constexpr int kFormat = 3;

std::string NameOf(SnapshotId id) { return fmt::format("{:08x}.{:08x}", id.world_line.value, id.index.value); }

// The first line is the checksum of the rest, so that a damaged manifest is told from a foreign one.
std::string WithChecksum(const json::object& object) {
  const auto text = json::serialize(object) + "\n";
  return fmt::format("{{\"checksum\":\"{:08x}\"}}\n{}", Checksum(text), text);
}

Result<json::object> ParseChecked(std::string_view bytes, std::string_view what) {
  const auto line = bytes.find('\n');
  if (line == std::string_view::npos) return MakeError(ErrorCode::kDataLoss, "a {} without its two lines", what);
  const auto text = bytes.substr(line + 1);
  if (bytes.substr(0, line) != fmt::format("{{\"checksum\":\"{:08x}\"}}", Checksum(text))) {
    return MakeError(ErrorCode::kDataLoss, "a {} with a wrong checksum", what);
  }
  boost::system::error_code error;
  const auto value = json::parse(text, error);
  if (error || !value.is_object()) return MakeError(ErrorCode::kDataLoss, "a {} that is not JSON", what);
  const auto* format = value.as_object().if_contains("format");
  if (format == nullptr || *format != kFormat) {
    return MakeError(ErrorCode::kRefused, "a {} of another format version; this program reads version {}", what,
                     kFormat);
  }
  return value.as_object();
}

json::object PartToJson(const PartInfo& part) {
  return {{"worker", part.worker.value}, {"name", part.name},        {"bytes", part.bytes},
          {"checksum", part.checksum},   {"rows", part.rows},        {"messages", part.messages},
          {"lsn", part.lsn.value},       {"cut_ns", part.cut_nanos}, {"upload_ns", part.upload_nanos}};
}

PartInfo PartFromJson(const json::object& object) {
  const auto number = [&](const char* key) { return object.at(key).to_number<std::uint64_t>(); };
  PartInfo part;
  part.worker = WorkerId(static_cast<std::uint16_t>(number("worker")));
  part.name = json::value_to<std::string>(object.at("name"));
  part.bytes = number("bytes");
  part.checksum = static_cast<std::uint32_t>(number("checksum"));
  part.rows = number("rows");
  part.messages = number("messages");
  part.lsn = Lsn(number("lsn"));
  part.cut_nanos = number("cut_ns");
  part.upload_nanos = number("upload_ns");
  return part;
}

}  // namespace

std::string PartName(SnapshotId id, WorkerId worker) {
  return fmt::format("{}{}/worker-{}.part", kPartFolder, NameOf(id), worker);
}

std::string ManifestName(SnapshotId id) { return fmt::format("{}{}.json", kManifestFolder, NameOf(id)); }

std::optional<SnapshotId> SnapshotOfName(std::string_view name) {
  for (const auto folder : {kManifestFolder, kPartFolder}) {
    if (!name.starts_with(folder)) continue;
    name.remove_prefix(folder.size());
    std::uint32_t world_line = 0;
    std::uint32_t index = 0;
    if (name.size() < 17 || name[8] != '.') return std::nullopt;
    const auto* text = name.data();
    if (std::from_chars(text, text + 8, world_line, 16).ptr != text + 8) return std::nullopt;
    if (std::from_chars(text + 9, text + 17, index, 16).ptr != text + 17) return std::nullopt;
    return SnapshotId{WorldLine(world_line), SnapshotIndex(index)};
  }
  return std::nullopt;
}

Result<SnapshotId> ParseSnapshotId(std::string_view text) {
  std::uint32_t world_line = 0;
  std::uint32_t index = 0;
  const auto dot = text.find('.');
  const auto* end = text.data() + text.size();
  const bool good = dot != std::string_view::npos && dot > 0 &&
                    std::from_chars(text.data(), text.data() + dot, world_line).ptr == text.data() + dot &&
                    std::from_chars(text.data() + dot + 1, end, index).ptr == end && dot + 1 < text.size();
  if (!good) return MakeError(ErrorCode::kInvalidArgument, "'{}' is not a snapshot id; one looks like 3.17", text);
  return SnapshotId{WorldLine(world_line), SnapshotIndex(index)};
}

std::string EncodeManifest(const Manifest& manifest) {
  json::array parts;
  for (const auto& part : manifest.parts) parts.push_back(PartToJson(part));
  return WithChecksum({{"format", kFormat},
                       {"snapshot", manifest.id.Packed()},
                       {"protocol", manifest.protocol},
                       {"workers", manifest.workers},
                       {"hash_version", kHashVersion},
                       {"triggered_at", manifest.triggered_at},
                       {"completed_at", manifest.completed_at},
                       {"parts", std::move(parts)},
                       {"names", manifest.name_table}});
}

Result<Manifest> DecodeManifest(std::string_view bytes) try {
  HOLDFAST_ASSIGN(const auto object, ParseChecked(bytes, "manifest"));
  Manifest manifest;
  manifest.id = SnapshotId::Unpack(object.at("snapshot").to_number<std::uint64_t>());
  manifest.protocol = json::value_to<std::string>(object.at("protocol"));
  manifest.workers = object.at("workers").to_number<std::uint16_t>();
  manifest.triggered_at = object.at("triggered_at").to_number<std::int64_t>();
  manifest.completed_at = object.at("completed_at").to_number<std::int64_t>();
  manifest.name_table = json::value_to<std::string>(object.at("names"));
  for (const auto& part : object.at("parts").as_array()) manifest.parts.push_back(PartFromJson(part.as_object()));
  return manifest;
} catch (const std::exception& error) {
  return MakeError(ErrorCode::kDataLoss, "a manifest that lacks a field: {}", error.what());
}

Result<Manifest> ReadManifest(ObjectStore& store, std::string_view name) {
  HOLDFAST_ASSIGN(const auto bytes, store.Get(name));
  auto manifest = DecodeManifest(bytes);
  if (!manifest.ok()) return Error(manifest.error()).At(name);
  if (ManifestName(manifest->id) != name) {
    return MakeError(ErrorCode::kDataLoss, "{}: the manifest of another snapshot, {}", name, manifest->id);
  }
  return manifest;
}

Status WriteObject(ObjectStore& store, std::string_view name, std::string_view bytes) {
  HOLDFAST_ASSIGN(const auto writer, store.Create(name));
  HOLDFAST_TRY(writer->Append(bytes));
  return writer->Commit();
}

bool ClusterRecord::Counts(SnapshotId id) const { return std::find(kept.begin(), kept.end(), id) != kept.end(); }

std::string EncodeClusterRecord(const ClusterRecord& record) {
  json::array incarnations;
  for (const auto incarnation : record.incarnations) incarnations.push_back(incarnation.value);
  json::array kept;
  for (const auto id : record.kept) kept.push_back(id.Packed());
  return WithChecksum({{"format", kFormat},
                       {"world_line", record.world_line.value},
                       {"incarnations", std::move(incarnations)},
                       {"protocol", record.protocol},
                       {"coordinator", record.coordinator.value},
                       {"kept", std::move(kept)},
                       {"rolled_back", record.rolled_back.value},
                       {"names", record.name_table}});
}

Result<ClusterRecord> DecodeClusterRecord(std::string_view bytes) try {
  HOLDFAST_ASSIGN(const auto object, ParseChecked(bytes, "cluster record"));
  ClusterRecord record;
  record.world_line = WorldLine(object.at("world_line").to_number<std::uint32_t>());
  for (const auto& value : object.at("incarnations").as_array()) {
    record.incarnations.emplace_back(value.to_number<std::uint32_t>());
  }
  record.protocol = json::value_to<std::string>(object.at("protocol"));
  record.name_table = json::value_to<std::string>(object.at("names"));
  record.coordinator = WorldLine(object.at("coordinator").to_number<std::uint32_t>());
  for (const auto& id : object.at("kept").as_array()) {
    record.kept.push_back(SnapshotId::Unpack(id.to_number<std::uint64_t>()));
  }
  if (const auto* rolled_back = object.if_contains("rolled_back")) {
    record.rolled_back = WorldLine(rolled_back->to_number<std::uint32_t>());
  }
  return record;
} catch (const std::exception& error) {
  return MakeError(ErrorCode::kDataLoss, "a cluster record that lacks a field: {}", error.what());
}

}  // namespace holdfast
