#include <CLI/CLI.hpp>

#include "apps/cli/cli.h"
#include "apps/inspect/inspect.h"
#include "storage-backends/durable/object-store/filesystem/filesystem_object_store.h"
#include "storage-backends/durable/posix-disk/posix_disk.h"

namespace holdfast {
namespace {

struct SnapshotArguments {
  std::string store, id;
};

// The folder of a run's data, or the store itself.
struct OpenedStore {
  std::unique_ptr<Disk> disk;
  std::unique_ptr<ObjectStore> objects;
};

Result<OpenedStore> OpenStore(const std::string& path) {
  OpenedStore store;
  HOLDFAST_ASSIGN(store.disk, OpenPosixDisk(path));
  const FilesystemObjectStoreOptions options{.writer = "inspect"};
  if (!store.disk->List(options.folder + "/manifests").ok() &&
      !store.disk->Size(options.folder + "/cluster.json").ok()) {
    return MakeError(ErrorCode::kNotFound, "{}: no store here; it is the folder that holds '{}'", path, options.folder);
  }
  HOLDFAST_ASSIGN(store.objects, OpenFilesystemObjectStore(*store.disk, options));
  return store;
}

int Print(const Result<std::string>& text) {
  if (!text.ok()) return Complain(text.error(), kBroken);
  fmt::print("{}", *text);
  return 0;
}

int Ls(const SnapshotArguments& arguments) {
  const auto store = OpenStore(arguments.store);
  return store.ok() ? Print(ListSnapshots(*store->objects)) : Complain(store.error());
}

int Show(const SnapshotArguments& arguments) {
  const auto id = ParseSnapshotId(arguments.id);
  if (!id.ok()) return Complain(id.error());
  const auto store = OpenStore(arguments.store);
  return store.ok() ? Print(ShowSnapshot(*store->objects, *id)) : Complain(store.error());
}

int Verify(const SnapshotArguments& arguments) {
  const auto store = OpenStore(arguments.store);
  if (!store.ok()) return Complain(store.error());
  std::vector<SnapshotId> ids;
  if (arguments.id.empty()) {
    auto all = SnapshotIds(*store->objects);
    if (!all.ok()) return Complain(all.error(), kBroken);
    ids = std::move(*all);
  } else {
    const auto id = ParseSnapshotId(arguments.id);
    if (!id.ok()) return Complain(id.error());
    ids.push_back(*id);
  }
  int exit_code = 0;
  for (const auto id : ids) {
    const auto status = VerifySnapshot(*store->objects, id);
    fmt::print("{}: {}\n", id, status.ok() ? "intact" : status.error().message);
    if (!status.ok()) exit_code = kBroken;
  }
  return exit_code;
}

}  // namespace

void AddSnapshotCommand(Program& program) {
  const auto arguments = std::make_shared<SnapshotArguments>();
  auto* command = program.app.add_subcommand("snapshot", "Look into a store of snapshots.");
  command->require_subcommand(1);
  command->footer(
      "A run deletes its stores, unless it was told to keep them: holdfast run SUITE --keep-stores stores\n\n"
      "  holdfast snapshot ls stores/unaligned-none          # the snapshots of a store\n"
      "  holdfast snapshot show stores/unaligned-none 1.3    # what is in one\n"
      "  holdfast snapshot verify stores/unaligned-none      # read every byte of all");
  const auto add = [&](const char* name, const char* sentence, int (*run)(const SnapshotArguments&)) {
    auto* verb = command->add_subcommand(name, sentence);
    verb->add_option("store", arguments->store, "The folder of a store.")->required();
    verb->callback([&program, arguments, run] { program.exit_code = run(*arguments); });
    return verb;
  };
  add("ls", "One line per snapshot.", Ls);
  add("show", "Parts, rows and messages of one.", Show)
      ->add_option("id", arguments->id, "For example 1.3.")
      ->required();
  add("verify", "Whether every byte is what was written.", Verify)
      ->add_option("id", arguments->id, "For example 1.3; all if left out.");
}

}  // namespace holdfast
