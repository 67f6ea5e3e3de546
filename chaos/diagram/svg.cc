#include "chaos/diagram/svg.h"

#include <fmt/format.h>

#include <cmath>

#include "chaos/diagram/labels.h"
#include "results/report/html.h"

namespace holdfast {
namespace {

using report::EscapeHtml;

constexpr double kAxis = 30;          // The line of time.
constexpr double kVerdictApart = 36;  // From the last event,
constexpr double kRightMargin = 130;  // and what it needs.
constexpr DiagramColour kColours = 5;

std::string ColourClass(DiagramColour colour) {
  return fmt::format("c{}", colour == 0 ? 0 : 1 + (colour - 1) % kColours);
}

std::string Title(const std::string& text) { return fmt::format("<title>{}</title>", EscapeHtml(text)); }

std::string_view ArrowClass(DiagramArrow::Kind kind) {
  switch (kind) {
    case DiagramArrow::Kind::kMessage:
      return "message";
    case DiagramArrow::Kind::kInput:
      return "message input";
    case DiagramArrow::Kind::kMark:
      return "protocol mark";
    case DiagramArrow::Kind::kPeer:
      return "protocol peer";
    case DiagramArrow::Kind::kControl:
      return "protocol control";
    case DiagramArrow::Kind::kOutput:
      return "output";
  }
  return "";
}

std::string_view BandClass(DiagramBand::Kind kind) {
  switch (kind) {
    case DiagramBand::Kind::kDead:
      return "dead";
    case DiagramBand::Kind::kRecovering:
      return "recovering";
    case DiagramBand::Kind::kUndone:
      return "undone";
    case DiagramBand::Kind::kTrouble:
      return "trouble";
  }
  return "";
}

// A glyph: its class, and its outline around 0,0.
struct Shape {
  std::string_view name;
  std::string_view path;
};

Shape ShapeOf(DiagramGlyph::Kind kind) {
  switch (kind) {
    case DiagramGlyph::Kind::kKill:
      return {"kill", "M-7-7L7 7M7-7L-7 7"};
    case DiagramGlyph::Kind::kStart:
      return {"start", "M-3-6L5 0L-3 6Z"};
    case DiagramGlyph::Kind::kArmed:
      return {"armed", "M0-8V-24L9-20L0-16"};
    case DiagramGlyph::Kind::kError:
      return {"error", "M0-21L5-12H-5Z"};
    case DiagramGlyph::Kind::kUnits:
      return {"units", "M0 0V-8"};
    case DiagramGlyph::Kind::kRead:
      return {"read", "M-3 8L0 2L3 8Z"};
    case DiagramGlyph::Kind::kCut:
      return {"cut", "M-5 0A5 5 0 1 0 5 0A5 5 0 1 0-5 0Z"};
    case DiagramGlyph::Kind::kStored:
      return {"stored", "M-3.5-3.5H3.5V3.5H-3.5Z"};
    case DiagramGlyph::Kind::kTriggered:
      return {"triggered", "M0-6L6 0L0 6L-6 0Z"};
    case DiagramGlyph::Kind::kComplete:
      return {"complete", "M0-8L8 0L0 8L-8 0Z"};
    case DiagramGlyph::Kind::kAborted:
      return {"aborted", "M0-7L7 0L0 7L-7 0ZM-3-3L3 3M3-3L-3 3"};
    case DiagramGlyph::Kind::kRollback:
      return {"rollback", "M7 0A7 7 0 1 1 0-7M-5-10.5L0-7L-5-3"};
    case DiagramGlyph::Kind::kRestored:
      return {"restored", "M-5 0A5 5 0 1 0 5 0A5 5 0 1 0-5 0Z"};
    case DiagramGlyph::Kind::kRuns:
      return {"runs", "M-4-6L6 0L-4 6Z"};
    case DiagramGlyph::Kind::kStopped:
      return {"stopped", "M-7-7H7V7H-7Z"};
    case DiagramGlyph::Kind::kCommit:
      return {"commit", "M-4 0A4 4 0 1 0 4 0A4 4 0 1 0-4 0Z"};
    case DiagramGlyph::Kind::kRepetition:
      return {"repetition", "M-4 0A4 4 0 1 0 4 0A4 4 0 1 0-4 0Z"};
    case DiagramGlyph::Kind::kObjection:
      return {"objection", "M-9 0A9 9 0 1 0 9 0A9 9 0 1 0-9 0Z"};
  }
  return {};
}

class Painter {
 public:
  Painter(const Diagram& diagram, bool hints) : diagram_(diagram), hints_(hints) {}

  std::string Paint(const std::string& verdict, bool broken) {
    const auto width = diagram_.axis.right() + kRightMargin;
    out_ = fmt::format(
        "<svg class=\"picture\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
        "height=\"{1:.0f}\" role=\"img\" aria-label=\"Space-time diagram\">\n",
        width, diagram_.height);
    out_ +=
        "<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
        "patternTransform=\"rotate(45)\"><path class=\"hatch\" d=\"M0 0V6\"/></pattern></defs>\n";
    Axis();
    for (const auto& band : diagram_.bands) Band(band);
    for (const auto& lane : diagram_.lanes) Lane(lane);
    for (const auto& cut : diagram_.cuts) Cut(cut);
    for (const auto& arrow : diagram_.arrows) {
      if (!arrow.damage) Arrow(arrow);
    }
    for (const auto& glyph : diagram_.glyphs) Glyph(glyph);
    for (const auto& arrow : diagram_.arrows) {
      if (arrow.damage) Arrow(arrow);
    }
    Verdict(verdict, broken);
    return std::move(out_) + "</svg>\n";
  }

 private:
  void Axis() {
    const auto bottom = diagram_.height - 12;
    for (const auto& tick : diagram_.axis.Ticks(96)) {
      out_ += fmt::format(
          "<path class=\"grid\" d=\"M{0:.1f} {1}V{2:.0f}\"/><text class=\"tick\" x=\"{0:.1f}\" y=\"{3}\">{4}</text>\n",
          tick.x, kAxis, bottom, kAxis - 8, tick.text);
    }
    out_ += fmt::format("<path class=\"axis\" d=\"M{:.1f} {}H{:.1f}\"/>\n", diagram_.axis.left(), kAxis, end_);
  }

  void Lane(const DiagramLane& lane) {
    out_ += fmt::format("<path class=\"lane {}\" d=\"M{:.1f} {:.0f}H{:.1f}\"/>\n",
                        lane.place.role == SimRole::kWorker ? "worker" : "service", diagram_.axis.left(), lane.y, end_);
    for (const auto& gap : diagram_.axis.breaks()) Break(gap, lane.y);
    if (&lane != &diagram_.lanes.front()) return;
    for (const auto& gap : diagram_.axis.breaks()) {
      Break(gap, kAxis);
      Label("tick break-text", gap.x - 20, {kAxis + 16}, InstantText(gap.skipped));
    }
  }

  void Break(const TimeAxis::Break& gap, double y) {
    out_ += fmt::format(
        "<g class=\"break\"><title>{0} in which nothing drawn happens</title><path class=\"gap\" d=\"M{1:.1f} "
        "{2:.0f}h8\"/><path d=\"M{3:.1f} {4:.0f}l4-10M{5:.1f} {4:.0f}l4-10\"/></g>\n",
        InstantText(gap.skipped), gap.x - 4, y, gap.x - 6, y + 5, gap.x + 2);
  }

  void Band(const DiagramBand& band) {
    const auto thin = band.kind == DiagramBand::Kind::kTrouble;
    const auto tall = band.kind == DiagramBand::Kind::kUndone;
    const auto height = thin ? 4 : tall ? 34 : 18;
    out_ += fmt::format(
        "<g class=\"band {}\"><title>{}</title><rect x=\"{:.1f}\" y=\"{:.0f}\" width=\"{:.1f}\" height=\"{}\"/></g>\n",
        BandClass(band.kind), EscapeHtml(band.title), band.x1, thin ? band.y - 30 : band.y - height / 2.0,
        band.x2 - band.x1, height);
  }

  void Cut(const DiagramCut& cut) {
    std::string points;
    for (const auto& point : cut.points) points += fmt::format("{:.1f},{:.0f} ", point.x, point.y);
    const auto title = fmt::format("cut of snapshot {}{}{}", cut.snapshot, cut.complete ? "" : ", not complete",
                                   cut.restored ? ", restored later" : "");
    out_ += fmt::format("<g class=\"line {}{}{}\">{}<polyline points=\"{}\"/></g>\n", ColourClass(cut.colour),
                        cut.complete ? "" : " open", cut.restored ? " restored-line" : "", Title(title), points);
    const auto& top = cut.points.front();
    Label("cut-text " + ColourClass(cut.colour), top.x + 4, {top.y + 4, top.y + 15}, fmt::format("{}", cut.snapshot));
  }

  void Arrow(const DiagramArrow& arrow) {
    const auto dx = arrow.x2 - arrow.x1;
    const auto dy = arrow.y2 - arrow.y1;
    const auto length = std::max(1.0, std::hypot(dx, dy));
    const auto line = fmt::format("M{:.1f} {:.0f}L{:.1f} {:.0f}", arrow.x1, arrow.y1, arrow.x2, arrow.y2);
    auto classes = fmt::format("arrow {} {}", ArrowClass(arrow.kind), ColourClass(arrow.colour));
    if (arrow.dropped) classes += " dropped";
    if (arrow.damage) classes += fmt::format(" damage {}", *arrow.damage == DamageKind::kLost ? "lost" : "orphan");
    const auto id = arrow.damage ? fmt::format(" id=\"f{}\"", arrow.flight) : "";
    out_ += fmt::format("<g class=\"{}\"{}>{}<path d=\"{}\"/>", classes, id, Title(arrow.title), line);
    if (hints_) out_ += fmt::format("<path class=\"hit\" d=\"{}\"/>", line);
    // Along the arrow and across it.
    const auto ux = dx / length, uy = dy / length;
    const auto size = arrow.damage ? 11.0 : arrow.kind == DiagramArrow::Kind::kMessage ? 8.0 : 6.0;
    if (arrow.dropped) {
      const auto r = size / 2;
      const auto x = arrow.x2 - ux * 6, y = arrow.y2 - uy * 6;
      out_ += fmt::format("<path class=\"cross\" d=\"M{:.1f} {:.1f}l{} {}m0-{}l-{} {}\"/>", x - r, y - r, 2 * r, 2 * r,
                          2 * r, 2 * r, 2 * r);
    } else {
      out_ += fmt::format("<path class=\"head\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}L{:.1f} {:.1f}Z\"/>", arrow.x2,
                          arrow.y2, arrow.x2 - size * ux - size * 0.4 * uy, arrow.y2 - size * uy + size * 0.4 * ux,
                          arrow.x2 - size * ux + size * 0.4 * uy, arrow.y2 - size * uy - size * 0.4 * ux);
    }
    out_ += "</g>\n";
    if (!arrow.damage) return;
    const auto middle = std::pair((arrow.x1 + arrow.x2) / 2 + 6, std::round((arrow.y1 + arrow.y2) / 2));
    Label("damage-text", middle.first, {middle.second, middle.second + 13, middle.second - 13},
          std::string(DamageKindName(*arrow.damage)));
  }

  void Glyph(const DiagramGlyph& glyph) {
    const auto shape = ShapeOf(glyph.kind);
    out_ += fmt::format("<g class=\"glyph {} {}\">{}<path transform=\"translate({:.1f} {:.0f})\" d=\"{}\"/></g>\n",
                        shape.name, ColourClass(glyph.colour), Title(glyph.title), glyph.x, glyph.y, shape.path);
    if (glyph.label.empty()) return;
    const bool below = glyph.kind == DiagramGlyph::Kind::kObjection || glyph.kind == DiagramGlyph::Kind::kComplete;
    const auto ys =
        below ? std::vector{glyph.y + 20, glyph.y + 32} : std::vector{glyph.y - 13, glyph.y - 25, glyph.y - 37};
    Label(fmt::format("glyph-text {} {}", shape.name, ColourClass(glyph.colour)), glyph.x + 2, ys, glyph.label);
  }

  void Verdict(const std::string& verdict, bool broken) {
    const auto x = end_;
    out_ += fmt::format(
        "<g class=\"verdict {0}\"><path d=\"M{1:.1f} {2}V{3:.0f}\"/><text x=\"{4:.1f}\" y=\"{5}\">{6}</text></g>\n",
        broken ? "broken" : "kept", x, kAxis, diagram_.height - 12, x + 6, kAxis + 5, EscapeHtml(verdict));
  }

  void Label(const std::string& classes, double x, const std::vector<double>& ys, const std::string& text) {
    if (const auto y = labels_.Take(x, text, ys)) {
      out_ += fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.0f}\">{}</text>\n", classes, x, *y, EscapeHtml(text));
    }
  }

  const Diagram& diagram_;
  const double end_ = diagram_.axis.right() + kVerdictApart;
  const bool hints_;  // Broad invisible lines under the thin ones, easier to point at.
  LabelPlaces labels_;
  std::string out_;
};

}  // namespace

std::string DrawNames(const Diagram& diagram) {
  auto out = fmt::format(
      "<svg class=\"names\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 96 {0:.0f}\" width=\"96\" "
      "height=\"{0:.0f}\" role=\"img\" aria-label=\"Processes\">\n",
      diagram.height);
  for (const auto& lane : diagram.lanes) {
    out += fmt::format("<text class=\"name {}\" x=\"88\" y=\"{:.0f}\">{}</text>\n",
                       lane.place.role == SimRole::kWorker ? "worker" : "service", lane.y + 4, PlaceName(lane.place));
  }
  return out + "</svg>\n";
}

std::string DrawPicture(const Diagram& diagram, const std::string& verdict, bool broken) {
  constexpr std::size_t kFewEnoughForHints = 1500;
  return Painter(diagram, diagram.arrows.size() <= kFewEnoughForHints).Paint(verdict, broken);
}

}  // namespace holdfast
