// The report page: one HTML file with everything in it - the run record, its histograms' percentile spectra, the
// plotting library, the drawing code and the styles - so that it works offline, from a mail, and in ten years. The
// record can be taken out of it again: it stands in the element with the id "run".
#pragma once

#include <string>

#include "core/base/result.h"
#include "results/record/run.h"

namespace holdfast::report {

// kDataLoss names a histogram of the record that cannot be read; kInvalidArgument a number that is not finite.
Result<std::string> RenderPage(const record::Run& run);

}  // namespace holdfast::report
