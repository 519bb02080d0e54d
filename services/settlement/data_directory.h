#pragma once

#include <string>

#include "common/result.h"
#include "services/settlement/directories.h"

namespace carecard::settlement {

/// Where the batches are kept in the data directory of the service.
[[nodiscard]] std::string batches_in(const std::string& data);

/// Makes the data directory, whose parent must exist, and the one for batches in it. Both names are
/// durable on return, whatever an earlier process had done of it.
[[nodiscard]] Result<Done> make_data_directory(Directories& directories, const std::string& data);

}  // namespace carecard::settlement
