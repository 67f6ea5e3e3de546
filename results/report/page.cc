#include "results/report/page.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "results/record/histogram_codec.h"
#include "results/record/run_io.h"
#include "results/report/html.h"
#include "results/report/page_parts.h"
#include "results/report/spectrum.h"
#include "results/report/summary.h"
#include "results/report/table.h"

namespace holdfast::report {
namespace {

using record::LatencySummary;

// JSON that cannot end the script element it stands in. '<' occurs only within strings.
std::string ForScript(std::string_view json) {
  std::string out;
  for (const char c : json) c == '<' ? out += "\\u003c" : out += c;
  return out;
}

std::string JsonText(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + '"';
}

Result<std::string> SpectrumJson(const LatencySummary& latency) {
  if (latency.hdr_v2_base64.empty()) return std::string("[]");
  HOLDFAST_ASSIGN(const auto histogram, DecodeHistogram(latency.hdr_v2_base64));
  return fmt::format("[{}]", fmt::join(Spectrum(histogram), ","));
}

// [{"whole": {"response": [...], "service": [...], "schedule_lag": [...]}, ...}, ...], one entry per point.
Result<std::string> SpectraJson(const record::Run& run) {
  std::string out = "[";
  for (const auto& point : run.points) {
    out += out.size() > 1 ? ",{" : "{";
    for (const auto& phase : point.latency) {
      out += fmt::format("{}{}:{{", out.back() == '{' ? "" : ",", JsonText(phase.phase));
      for (const auto& [name, latency] : {std::pair{"response", &phase.response}, std::pair{"service", &phase.service},
                                          std::pair{"schedule_lag", &phase.schedule_lag}}) {
        auto values = SpectrumJson(*latency);
        if (!values.ok())
          return Error(values.error()).At(fmt::format("point '{}', {} {}", point.name, phase.phase, name));
        out += fmt::format("{}\"{}\":{}", out.back() == '{' ? "" : ",", name, *values);
      }
      out += '}';
    }
    out += '}';
  }
  return out + ']';
}

// What the page needs besides the record.
Result<std::string> DerivedJson(const record::Run& run) {
  HOLDFAST_ASSIGN(const auto spectra, SpectraJson(run));
  const auto summary = Summarize(run);
  return fmt::format(R"({{"validity":{},"headline":{},"caution":{},"grid":[{:.6g}],"spectra":{}}})",
                     JsonText(ValidityWord(summary.validity)), JsonText(summary.headline), JsonText(summary.caution),
                     fmt::join(SpectrumGrid(), ","), spectra);
}

}  // namespace

Result<std::string> RenderPage(const record::Run& run) {
  HOLDFAST_ASSIGN(const auto record, RunToJson(run));
  HOLDFAST_ASSIGN(const auto derived, DerivedJson(run));
  return FillTemplate(PageHtml(), {{"title", EscapeHtml(run.suite + " · " + run.run_id)},
                                   {"library-css", LibraryCss()},
                                   {"css", PageCss()},
                                   {"table", EscapeHtml(RenderTable(run))},
                                   {"run", ForScript(record)},
                                   {"derived", ForScript(derived)},
                                   {"library-license", LibraryLicense()},
                                   {"library-js", LibraryJs()},
                                   {"format-js", FormatJs()},
                                   {"charts-js", ChartsJs()},
                                   {"tables-js", TablesJs()},
                                   {"spectrum-js", SpectrumJs()},
                                   {"timeline-js", TimelineJs()},
                                   {"rates-js", RatesJs()},
                                   {"page-js", PageJs()}});
}

}  // namespace holdfast::report
