#include "apps/mutants/page.h"

#include <algorithm>

namespace holdfast {
namespace {

constexpr std::string_view kHead = R"(# Planted bugs

What the oracles are worth: every bug here was planted in the code, one at a time, and simulated runs went on until an
oracle said that a promise was broken. Written by `scripts/mutants`, which fails if one is not found;
[how to plant one](guides/plant-a-bug.md).

)";

constexpr std::string_view kAboutTable = R"(
**Runs** is how many simulated runs it took with the program's own checks off, so that only an oracle could tell. With
**checks** on an abort counts, too, and is marked *a*. The same runs serve all bugs: workloads and calm and troubled
times take turns, everything else comes from the seed, so the figures are always the same. **Seen by** is
the workload and the kind of damage its oracle named; `lost` and `stuck` are the simulator's words for runs that would
never show all or never come to rest, `stopped` for those that the cluster itself, or the ingress, could not go on with.
)";

constexpr std::string_view kUnseen = R"(
## Not planted yet

A row that a snapshot found expired is erased later only if it still is. Erasing it without the second look would lose
what was written meanwhile, but no workload has an address all of whose values expire, so no oracle could see it.
)";

constexpr std::string_view kEquivalent = R"(
## Mistakes that change nothing

Tried, and left out, because no execution in the failure model tells them from the right thing:

)";

struct Equivalent {
  std::string_view mistake;
  std::string_view why;
};
constexpr Equivalent kEquivalentMutants[] = {
    {"Frames of an older incarnation are taken.",
     "Under `message-logging` a frame leaves when its records are durable; what the next incarnation sends is the "
     "same."},
    {"A snapshot is reported before the log is durable up to its cut.",
     "The part holds all that those records would bring back, and a log that ends before its snapshot goes on behind "
     "it."},
    {"A snapshot that was being taken when a worker failed becomes complete after the rollback.",
     "None of the new world-line is complete before it, so nothing is visible yet that the old one does not explain."},
    {"An aborted snapshot's id is used again, under `message-logging`.",
     "The worker ignores it and takes no more snapshots; that costs log and recovery time, but no promise."},
    {"Marks are not compared with what has arrived, or the colour of a frame does not make its receiver cut.",
     "Channels are in order, so a mark arrives behind what it counts and before what is newer; one of the two "
     "suffices."},
    {"A frame waits for the record of its first message, not of its last.",
     "Frames end with the turn, and a flush covers whole turns."},
    {"The sink does not tell repetitions by their position.",
     "What it has confirmed, the fence tells the next incarnation, which does not commit it again; this is the second "
     "of "
     "two lines of defence."},
    {"The deletion of an object is not synced.",
     "What is back after a crash is expired, never named again, and deleted once more at the next start."},
};

std::string_view NameOf(const Hunted& hunted) {
  return hunted.mutant == kNoMutant ? "(none)" : kMutants[hunted.mutant - 1].name;
}

std::string Runs(const Finding& finding, std::string_view crash_mark) {
  const auto& failure = finding.result.failure;
  if (!failure) return "-";
  return fmt::format("{}{}", failure->run, failure->crash ? crash_mark : std::string_view());
}

// What a run did is said in a word and, from the next line on, at length.
std::string Word(const std::string& what) { return what.substr(0, what.find('\n')); }
std::string Beginning(const std::string& what) {
  const auto text = what.find('\n') == what.npos ? what : what.substr(what.find('\n') + 1);
  return text.substr(0, text.find('\n'));
}

std::string Row(const Hunted& hunted) {
  const auto& mutant = kMutants[hunted.mutant - 1];
  std::string seen = "**not found**";
  if (const auto& failure = hunted.unchecked.result.failure) {
    const auto options = OptionsOfRun(failure->run, hunted.protocol, hunted.workload);
    seen = fmt::format("{}: {}", options.workload, Word(failure->what));
  }
  return fmt::format("| `{}` | {} | {} | {} | {} | {} | {} |\n", mutant.name, mutant.broken, mutant.rule,
                     hunted.protocol, Runs(hunted.unchecked, ""), Runs(hunted.checked, " *a*"), seen);
}

}  // namespace

std::string HuntLine(const Hunted& hunted) {
  const auto& unchecked = hunted.unchecked;
  auto text = fmt::format("{:<34} {:<16} {:>6} runs, {:>6} with checks", NameOf(hunted), hunted.protocol,
                          Runs(unchecked, ""), Runs(hunted.checked, " (abort)"));
  if (unchecked.result.crashes > 0) text += fmt::format(", after {} crashes", unchecked.result.crashes);
  text += "\n";
  const bool control = hunted.mutant == kNoMutant;
  if (!hunted.good()) text += control ? "    FOUND, THOUGH NOTHING IS WRONG\n" : "    NOT FOUND\n";
  for (const auto* finding : {&unchecked, &hunted.checked}) {
    if (!finding->result.failure || (finding == &hunted.checked && !control)) continue;
    text += fmt::format("    {}\n    {}\n", Beginning(finding->result.failure->what), finding->replay);
  }
  return text;
}

std::string HuntSummary(const std::vector<Hunted>& hunted) {
  const auto missed = std::count_if(hunted.begin(), hunted.end(), [](const Hunted& h) { return !h.good(); });
  return fmt::format("{} hunts, {} went wrong\n", hunted.size(), missed);
}

std::string HuntPage(const std::vector<Hunted>& hunted, const HuntOptions& options) {
  std::string page(kHead);
  std::string rows;
  std::size_t found = 0;
  std::size_t pairs = 0;
  std::string control;
  for (const auto& prey : hunted) {
    if (prey.mutant == kNoMutant) {
      if (prey.good()) control += fmt::format("{}{}", control.empty() ? "" : ", ", prey.protocol);
      continue;
    }
    ++pairs;
    found += prey.found();
    rows += Row(prey);
  }
  page += fmt::format(
      "{} of {} found: {} bugs, each under every protocol it breaks, within {} runs. With no bug switched on, as many "
      "runs "
      "with checks off and on found nothing under {}.\n",
      found, pairs, std::size(kMutants), options.runs, control);
  page += kAboutTable;
  page +=
      "\n| bug | what is wrong | rule | protocol | runs | checks | seen by |\n|---|---|---|---|--:|--:|---|\n" + rows;
  page += kEquivalent;
  for (const auto& [what, why] : kEquivalentMutants) page += fmt::format("- **{}** {}\n", what, why);
  page += kUnseen;
  return page;
}

}  // namespace holdfast
