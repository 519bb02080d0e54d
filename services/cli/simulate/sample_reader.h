#pragma once

#include <string>

#include "common/result.h"
#include "common/secret.h"
#include "services/cli/simulate/sample.h"
#include "services/cli/simulate/script.h"

namespace carecard::cli::simulate {

/// Reads the five files of a sample month (see sample.h) in a directory and makes the run.
///
/// @return the run; the faults of `read_csv` and `read_onboard_file`; `malformed` naming file, row
///         and column for anything that is not of its form, an account that onboard.csv does not
///         open or that has no card; `malformed` on field "payments.csv" when nothing is to be
///         played.
[[nodiscard]] Result<Script> read_sample(const std::string& directory, const Secret& token_key);

/// The same for files in memory. One that is missing is `not_found` on field "file".
[[nodiscard]] Result<Script> parse_sample(const SampleFiles& files, const Secret& token_key);

}  // namespace carecard::cli::simulate
