#pragma once

#include <string>

#include "carecard/v1/admin.pb.h"
#include "carecard/v1/authorisation.pb.h"
#include "services/cli/simulate/script.h"

/// The requests that a card network and a council would send for a run's items.
///
/// A payment's ids come from the run's id and the row's number, so a repeat names the same.
namespace carecard::cli::simulate {

[[nodiscard]] v1::AuthoriseRequest authorise_request(const Script& script, const Payment& payment);

/// The presentment of an approved payment, which it names by the network's transaction id; or, of
/// a refund, a credit without an original.
[[nodiscard]] v1::PresentRequest present_request(const Script& script, const Payment& payment);

[[nodiscard]] v1::LoadPurseRequest load_request(const Script& script, const std::string& programme,
                                                const Load& load);

}  // namespace carecard::cli::simulate
