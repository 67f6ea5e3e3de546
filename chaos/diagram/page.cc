#include "chaos/diagram/page.h"

#include <fmt/format.h>

#include "chaos/diagram/layout.h"
#include "chaos/diagram/page_parts.h"
#include "chaos/diagram/svg.h"
#include "chaos/diagram/window.h"
#include "results/report/html.h"

namespace holdfast {
namespace {

using report::EscapeHtml;

constexpr std::size_t kMostSentences = 50;
constexpr std::size_t kLongestText = 300;  // Of one event.
constexpr std::size_t kLongestVerdict = 20'000;

std::string Shortened(const std::string& text, std::size_t longest) {
  return text.size() <= longest ? text : text.substr(0, longest) + " ...";
}

std::string LeftOut(const Window& window, const History& history) {
  std::string text;
  if (const auto before = window.before + history.forgotten(); before > 0) {
    text += fmt::format("{} earlier events are not drawn, except faults, cuts and recoveries. ", before);
  }
  if (window.after > 0) text += fmt::format("{} later events are not drawn, except those. ", window.after);
  if (window.rest > 0) {
    text += fmt::format("{} events of a cluster at rest, in which snapshots of nothing new go on, are not drawn. ",
                        window.rest);
  }
  return text;
}

std::string DamageText(const std::vector<DamageMark>& damage, const RunPicture& picture, SteadyTime begin) {
  if (damage.empty()) {
    return fmt::format("<p>No message is an orphan or lost, and no visible output was undone{}.</p>",
                       picture.failure.empty() ? ""
                                               : ", as far as the events tell: what the verdict names did not show "
                                                 "in messages, cuts or output before the end");
  }
  std::string text = "<ol class=\"proof\">\n";
  for (std::size_t i = 0; i < damage.size() && i < kMostSentences; ++i) {
    const auto& mark = damage[i];
    const auto name = mark.flight == 0 ? std::string(DamageKindName(mark.kind))
                                       : fmt::format("<a href=\"#f{}\">{}</a>", mark.flight, DamageKindName(mark.kind));
    text += fmt::format("<li><b>{}</b> <span>{}</span> {}</li>\n", name, InstantText(mark.at - begin),
                        EscapeHtml(Shortened(mark.sentence, 2 * kLongestText)));
  }
  text += "</ol>\n";
  if (damage.size() > kMostSentences) text += fmt::format("<p>... and {} more.</p>\n", damage.size() - kMostSentences);
  return text;
}

std::string FaultsText(const RunPicture& picture) {
  if (picture.faults.empty()) return "<p>None.</p>";
  std::string text = "<table><thead><tr><th scope=\"col\">#</th><th scope=\"col\">fault</th></tr></thead><tbody>\n";
  for (std::size_t i = 0; i < picture.faults.size(); ++i) {
    if (i == 500) return text + fmt::format("</tbody></table><p>... and {} more.</p>", picture.faults.size() - i);
    text += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", i + 1, EscapeHtml(picture.faults[i]));
  }
  return text + "</tbody></table>\n";
}

std::string FactsText(const RunPicture& picture) {
  std::string text;
  for (const auto& [name, value] : picture.facts) {
    text += fmt::format("<dt>{}</dt><dd>{}</dd>\n", EscapeHtml(name), EscapeHtml(Shortened(value, 2'000)));
  }
  return text;
}

std::string EventsText(const std::vector<SimEvent>& events, SteadyTime begin) {
  std::string text;
  for (const auto& event : events) {
    text += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", InstantText(event.time - begin),
                        EscapeHtml(event.what), EscapeHtml(Shortened(event.text, kLongestText)));
  }
  return text;
}

std::string VerdictText(const RunPicture& picture) {
  if (picture.failure.empty()) return "<p>The run kept its promise.</p>";
  return fmt::format("<pre>{}</pre>", EscapeHtml(Shortened(picture.verdict, kLongestVerdict)));
}

}  // namespace

std::string DrawRun(const RunPicture& picture, const History& history) {
  const auto events = history.Events();
  const auto begin = events.empty() ? SteadyTime() : events.front().time;
  const auto damage = FindDamage(events);
  const auto window = ChooseWindow(events, damage, picture.most_events);
  const auto diagram = LayOut(window.events, damage, picture.workers, begin, history.end());
  const bool broken = !picture.failure.empty();
  const auto word = broken ? picture.failure : std::string("promise kept");
  return report::FillTemplate(diagram::PageHtml(), {{"title", EscapeHtml(picture.title)},
                                                    {"css", diagram::PageCss()},
                                                    {"stamp", broken ? "broken" : "kept"},
                                                    {"failure", EscapeHtml(word)},
                                                    {"verdict", VerdictText(picture)},
                                                    {"replay", EscapeHtml(picture.replay)},
                                                    {"names", DrawNames(diagram)},
                                                    {"picture", DrawPicture(diagram, word, broken)},
                                                    {"left-out", LeftOut(window, history)},
                                                    {"legend", diagram::Legend()},
                                                    {"damage", DamageText(damage, picture, begin)},
                                                    {"faults", FaultsText(picture)},
                                                    {"facts", FactsText(picture)},
                                                    {"count", fmt::format("{}", window.events.size())},
                                                    {"events", EventsText(window.events, begin)},
                                                    {"js", diagram::PageJs()}});
}

}  // namespace holdfast
