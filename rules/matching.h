#pragma once

#include <optional>

#include "common/id.h"
#include "rules/command.h"
#include "rules/event.h"
#include "rules/state.h"

namespace carecard::rules {

/// What an `OriginalReference` leads to.
struct Match {
    MatchedBy by = MatchedBy::nothing;
    const Authorisation* authorisation = nullptr;  ///< Null unless exactly one was found.
    bool ambiguous = false;  ///< A name fits more than one authorisation and nothing decides.
};

/// Finds the authorisation that a message about `account` speaks of: by authorisation id, then
/// the caller's request key, the network transaction id, the trace (acquirer, STAN, transmission
/// time, RRN) and last the authorisation code. The first name that fits exactly one decides; a
/// name that is not known is passed over. Authorisations of other accounts are never found.
///
/// Cost: a hash lookup for each name that is set; no scan.
[[nodiscard]] Match find_original(const State& state, AccountId account,
                                  const OriginalReference& reference);

/// The names in `reference` that are whole: caller and request key, the network transaction id,
/// and the trace when all of it is known. The other names may mean more than one payment, or none.
/// @return nothing when none is whole.
[[nodiscard]] std::optional<FullNames> full_names_of(const OriginalReference& reference);

/// Whether `payment` has one of `names`. A name that one of the two does not have is passed over,
/// as in `find_original`, so that a payment and its reversal meet in either order.
[[nodiscard]] bool names_payment(const FullNames& names, const Authorise& payment);

}  // namespace carecard::rules
