#pragma once

#include <array>
#include <cstdint>

#include "common/id.h"
#include "common/money.h"
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

/// Who speaks of an original, and of how much: the weakest name has to agree with all of it.
struct Speaker {
    AccountId account;
    CardId card;
    AmountMinor amount;  ///< In the programme's currency.
};

/// The names in an `OriginalReference`, from the one that is asked first.
inline constexpr std::array<MatchedBy, 6> matching_order{
    MatchedBy::authorisation_id,       MatchedBy::request_key,
    MatchedBy::network_transaction_id, MatchedBy::trace,
    MatchedBy::local_reference,        MatchedBy::authorisation_code};

/// Finds the authorisation that a message speaks of, by the names that are ours and then the
/// network's, in `matching_order`. The first name that fits exactly one decides; a name that is not
/// known is passed over. Authorisations of other accounts are never found. The authorisation code
/// counts only for the speaker's own card and those of its chain, and an amount up to
/// `code_match_over_*` above what was approved (limits.h).
///
/// Cost: a hash lookup for each name that is set; no scan.
[[nodiscard]] Match find_original(const State& state, const Speaker& speaker,
                                  const OriginalReference& reference);

/// The names of the request that an advice is about: those that `original` gives, and the network's
/// own marks of the advice, which repeat those of the request.
[[nodiscard]] OriginalReference original_of(const Advise& advice);

/// Whether an authorisation code may be about `amount`, where `approved` was.
[[nodiscard]] bool fits_code(AmountMinor approved, AmountMinor amount);

}  // namespace carecard::rules
