#pragma once

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

}  // namespace carecard::rules
