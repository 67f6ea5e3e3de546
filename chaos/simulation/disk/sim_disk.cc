#include "chaos/simulation/disk/sim_disk.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"

namespace holdfast {
namespace {

Error NotFound(std::string_view path) { return MakeError(ErrorCode::kNotFound, "'{}' does not exist", path); }

}  // namespace

// What a name means: durably, and after each change since (null: nothing). The last one is what the process sees.
struct SimDisk::Entry {
  NodePtr durable;
  std::vector<NodePtr> pending;

  const NodePtr& current() const { return pending.empty() ? durable : pending.back(); }
};

struct SimDisk::Node {
  struct Range {
    std::size_t begin;
    std::size_t end;
  };

  bool folder = false;
  std::map<std::string, Entry, std::less<>> entries;  // Of a folder.
  std::string bytes;                                  // Of a file.
  std::size_t synced = 0;
  std::vector<Range> lost;  // Parts whose sync failed: readable, but never on the platter.
};

// A folder and a name in it, taken or not.
struct SimDisk::Place {
  NodePtr folder;
  std::string_view name;

  NodePtr current() const {
    const auto found = folder->entries.find(name);
    return found == folder->entries.end() ? nullptr : found->second.current();
  }
  void Set(NodePtr node) const {
    auto found = folder->entries.find(name);
    if (found == folder->entries.end()) found = folder->entries.emplace(name, Entry{}).first;
    found->second.pending.push_back(std::move(node));
  }
};

class SimFile final : public DiskFile {
 public:
  SimFile(SimDisk& disk, SimDisk::NodePtr node, std::string_view path)
      : disk_(disk), node_(std::move(node)), path_(path), process_(disk.process_) {}

  Status Append(std::string_view bytes) override {
    CheckAlive();
    return disk_.AppendTo(*node_, path_, bytes);
  }
  Status Sync(SyncSite site) override {
    CheckAlive();
    return disk_.SyncFile(*node_, path_, site);
  }

 private:
  void CheckAlive() const {
    HOLDFAST_CHECK(process_ == disk_.process_, "'{}' was opened by a process that is dead", path_);
  }

  SimDisk& disk_;
  const SimDisk::NodePtr node_;
  const std::string path_;
  const std::uint64_t process_;
};

class SimLock final : public DiskLock {
 public:
  SimLock(SimDisk& disk, std::string_view path) : disk_(disk), path_(path), process_(disk.process_) {}
  ~SimLock() override {
    if (process_ == disk_.process_) disk_.locks_.erase(path_);
  }

 private:
  SimDisk& disk_;
  const std::string path_;
  const std::uint64_t process_;
};

SimDisk::SimDisk() : root_(std::make_shared<Node>()) { root_->folder = true; }
SimDisk::~SimDisk() = default;

SimDisk::NodePtr SimDisk::Find(std::string_view path) const {
  NodePtr node = root_;
  while (node != nullptr && !path.empty()) {
    if (!node->folder) return nullptr;
    const auto slash = path.find('/');
    const auto found = node->entries.find(path.substr(0, slash));
    node = found == node->entries.end() ? nullptr : found->second.current();
    path = slash == path.npos ? std::string_view() : path.substr(slash + 1);
  }
  return node;
}

Result<SimDisk::NodePtr> SimDisk::FindFile(std::string_view path) const {
  auto node = Find(path);
  if (node == nullptr) return NotFound(path);
  if (node->folder) return MakeError(ErrorCode::kRefused, "'{}' is a folder", path);
  return node;
}

Result<SimDisk::NodePtr> SimDisk::FindFolder(std::string_view path) const {
  auto node = Find(path);
  if (node == nullptr || !node->folder) return NotFound(path);
  return node;
}

Result<SimDisk::Place> SimDisk::FindPlace(std::string_view path) const {
  const auto slash = path.rfind('/');
  const auto parent = slash == path.npos ? std::string_view() : path.substr(0, slash);
  HOLDFAST_ASSIGN(NodePtr folder, FindFolder(parent));
  return Place{std::move(folder), slash == path.npos ? path : path.substr(slash + 1)};
}

Result<std::unique_ptr<DiskFile>> SimDisk::Create(std::string_view path) {
  HOLDFAST_TRY(Before(DiskOp::kCreate, path));
  HOLDFAST_ASSIGN(const Place place, FindPlace(path));
  if (place.current() != nullptr) return MakeError(ErrorCode::kAlreadyExists, "'{}' exists", path);
  auto node = std::make_shared<Node>();
  place.Set(node);
  return std::unique_ptr<DiskFile>(std::make_unique<SimFile>(*this, std::move(node), path));
}

Status SimDisk::AppendTo(Node& file, std::string_view path, std::string_view bytes) {
  if (auto status = Before(DiskOp::kAppend, path, bytes); !status.ok()) {
    file.bytes.append(bytes.substr(0, bytes.size() / 2));
    return status;
  }
  file.bytes.append(bytes);
  return {};
}

Status SimDisk::SyncFile(Node& file, std::string_view path, SyncSite site) {
  if (auto status = Before(DiskOp::kSyncFile, path, {}, site); !status.ok()) {
    if (file.synced < file.bytes.size()) file.lost.push_back({file.synced, file.bytes.size()});
    return status;
  }
  if (skipped_site_.empty() || site != skipped_site_) file.synced = file.bytes.size();
  return {};
}

Result<std::string> SimDisk::Read(std::string_view path) {
  HOLDFAST_TRY(Before(DiskOp::kRead, path));
  HOLDFAST_ASSIGN(const NodePtr node, FindFile(path));
  return AfterRead(path, node->bytes);
}

Result<std::string> SimDisk::ReadRange(std::string_view path, std::uint64_t offset, std::uint64_t size) {
  HOLDFAST_TRY(Before(DiskOp::kRead, path));
  HOLDFAST_ASSIGN(const NodePtr node, FindFile(path));
  return AfterRead(path, offset >= node->bytes.size() ? std::string() : node->bytes.substr(offset, size));
}

Result<std::uint64_t> SimDisk::Size(std::string_view path) {
  HOLDFAST_TRY(Before(DiskOp::kSize, path));
  HOLDFAST_ASSIGN(const NodePtr node, FindFile(path));
  return std::uint64_t{node->bytes.size()};
}

Status SimDisk::Rename(std::string_view from, std::string_view to) {
  HOLDFAST_TRY(Before(DiskOp::kRename, from, to));
  return Move(from, to, true);
}

Status SimDisk::RenameNew(std::string_view from, std::string_view to) {
  HOLDFAST_TRY(Before(DiskOp::kRenameNew, from, to));
  return Move(from, to, false);
}

Status SimDisk::Move(std::string_view from, std::string_view to, bool replace) {
  HOLDFAST_ASSIGN(NodePtr node, FindFile(from));
  HOLDFAST_ASSIGN(const Place source, FindPlace(from));
  HOLDFAST_ASSIGN(const Place target, FindPlace(to));
  if (const auto taken = target.current(); taken != nullptr) {
    if (!replace) return MakeError(ErrorCode::kAlreadyExists, "'{}' exists", to);
    if (taken->folder) return MakeError(ErrorCode::kRefused, "'{}' is a folder", to);
    if (taken == node) return {};
  }
  target.Set(std::move(node));
  source.Set(nullptr);
  return {};
}

Status SimDisk::Remove(std::string_view path) {
  HOLDFAST_TRY(Before(DiskOp::kRemove, path));
  HOLDFAST_ASSIGN(const Place place, FindPlace(path));
  const auto node = place.current();
  if (node == nullptr) return NotFound(path);
  const auto there = [](const auto& named) { return named.second.current() != nullptr; };
  if (std::any_of(node->entries.begin(), node->entries.end(), there)) {
    return MakeError(ErrorCode::kRefused, "'{}' is a folder and not empty", path);
  }
  place.Set(nullptr);
  return {};
}

Status SimDisk::Truncate(std::string_view path, std::uint64_t size) {
  HOLDFAST_TRY(Before(DiskOp::kTruncate, path));
  HOLDFAST_ASSIGN(const NodePtr node, FindFile(path));
  if (size > node->bytes.size()) {
    return MakeError(ErrorCode::kInvalidArgument, "cannot cut '{}' to {} bytes: it has {}", path, size,
                     node->bytes.size());
  }
  node->bytes.resize(size);
  node->synced = size;
  return {};
}

Result<std::vector<std::string>> SimDisk::List(std::string_view folder) {
  HOLDFAST_TRY(Before(DiskOp::kList, folder));
  HOLDFAST_ASSIGN(const NodePtr node, FindFolder(folder));
  std::vector<std::string> names;
  for (const auto& [name, entry] : node->entries) {
    if (entry.current() != nullptr) names.push_back(name);
  }
  return names;
}

Status SimDisk::MakeFolder(std::string_view folder) {
  HOLDFAST_TRY(Before(DiskOp::kMakeFolder, folder));
  HOLDFAST_ASSIGN(const Place place, FindPlace(folder));
  if (const auto taken = place.current(); taken != nullptr) {
    if (taken->folder) return {};
    return MakeError(ErrorCode::kAlreadyExists, "'{}' is a file", folder);
  }
  auto node = std::make_shared<Node>();
  node->folder = true;
  place.Set(std::move(node));
  return {};
}

Status SimDisk::SyncDirectory(std::string_view folder, SyncSite site) {
  HOLDFAST_TRY(Before(DiskOp::kSyncDirectory, folder, {}, site));
  HOLDFAST_ASSIGN(const NodePtr node, FindFolder(folder));
  if (!skipped_site_.empty() && site == skipped_site_) return {};
  for (auto at = node->entries.begin(); at != node->entries.end();) {
    Entry& entry = at->second;
    if (!entry.pending.empty()) {
      entry.durable = std::move(entry.pending.back());
      entry.pending.clear();
    }
    at = entry.durable == nullptr ? node->entries.erase(at) : std::next(at);
  }
  return {};
}

Result<std::unique_ptr<DiskLock>> SimDisk::Lock(std::string_view path) {
  HOLDFAST_TRY(Before(DiskOp::kLock, path));
  HOLDFAST_ASSIGN(const Place place, FindPlace(path));
  if (place.current() == nullptr) place.Set(std::make_shared<Node>());
  const auto [holder, taken] = locks_.emplace(path, process_);
  if (!taken) {
    return MakeError(ErrorCode::kRefused, "'{}' is held by process {}: stop that process, or use another folder", path,
                     holder->second);
  }
  return std::unique_ptr<DiskLock>(std::make_unique<SimLock>(*this, path));
}

void SimDisk::KillProcess() {
  ++process_;
  locks_.clear();
}

void SimDisk::ShareVolume(const SimDisk& other, std::string_view except) {
  HOLDFAST_CHECK(root_->entries.empty(), "a volume is shared with a disk in use");
  for (const auto& [name, entry] : other.root_->entries) {
    if (name != except) root_->entries.emplace(name, entry);
  }
}

void SimDisk::Crash(Random& random) {
  const auto draw = random.Below(8);
  Crash(random, draw == 0 ? Loss::kNothing : draw < 4 ? Loss::kEverything : Loss::kRandom);
}

void SimDisk::Crash(Random& random, Loss loss) {
  KillProcess();
  if (loss != Loss::kNothing) SettleFolder(*root_, random, loss);
}

void SimDisk::SettleFolder(Node& folder, Random& random, Loss loss) {
  for (auto at = folder.entries.begin(); at != folder.entries.end();) {
    Entry& entry = at->second;
    if (loss == Loss::kRandom && !entry.pending.empty()) {
      const auto kept = random.Below(entry.pending.size() + 1);
      if (kept > 0) entry.durable = entry.pending[kept - 1];
    }
    entry.pending.clear();
    if (entry.durable == nullptr) {
      at = folder.entries.erase(at);
      continue;
    }
    Node& node = *entry.durable;
    node.folder ? SettleFolder(node, random, loss) : SettleFile(node, random, loss);
    ++at;
  }
}

void SimDisk::SettleFile(Node& file, Random& random, Loss loss) {
  constexpr std::size_t kSector = 64;  // Small, because simulated writes are.
  const auto tail = file.bytes.size() - file.synced;
  if (tail > 0) {
    const auto kept = loss == Loss::kRandom ? random.Below(tail + 1) : 0;
    file.bytes.resize(file.synced + kept);
    const bool holes = kept > 0 && random.Chance(0.25);
    for (auto at = file.synced; holes && at < file.bytes.size(); at += kSector) {
      if (random.Chance(0.5)) std::fill_n(file.bytes.begin() + at, std::min(kSector, file.bytes.size() - at), '\0');
    }
  }
  for (const auto [begin, end] : file.lost) {
    const auto stop = std::min(end, file.bytes.size());
    if (begin < stop) std::fill(file.bytes.begin() + begin, file.bytes.begin() + stop, '\0');
  }
  file.lost.clear();
  file.synced = file.bytes.size();
}

}  // namespace holdfast
