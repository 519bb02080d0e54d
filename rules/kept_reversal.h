#pragma once

#include <optional>

#include "common/id.h"
#include "common/inline_vector.h"
#include "common/limits.h"
#include "common/money.h"
#include "common/time.h"
#include "rules/command.h"

/// Reversals that came before the payment they speak of. They are kept with the account, and meet
/// the payment when it comes late.
namespace carecard::rules {

/// The names of a payment that are whole, so that another payment has none of them: each is whole
/// or empty, and at least one is whole.
struct FullNames {
    CallerId caller;           ///< Who sends the payment under `request_key`; empty when it is.
    RequestKey request_key;    ///< Its request key.
    NetworkIdentity identity;  ///< Its network transaction id, and all of its trace or nothing.
    friend constexpr bool operator==(const FullNames&, const FullNames&) = default;
};

/// The names in `reference` that are whole: caller and request key, the network transaction id,
/// and the trace when all of it is known. The other names may mean more than one payment, or none.
/// @return nothing when none is whole.
[[nodiscard]] std::optional<FullNames> full_names_of(const OriginalReference& reference);

/// Whether a payment has one of `names`. A name that one of the two does not have is passed over,
/// as in `find_original`, so that a payment and its reversal meet in either order.
[[nodiscard]] bool names_payment(const FullNames& names, const Request& request,
                                 const NetworkIdentity& identity);

struct KeptReversal {
    Sequence kept_by;       ///< The event that kept it: its own name.
    FullNames original;     ///< The payment that it waits for.
    AmountMinor remaining;  ///< What may still be held for that payment: zero is nothing.
    TimestampNs until_ns;   ///< It counts before this instant, and no longer.
    friend constexpr bool operator==(const KeptReversal&, const KeptReversal&) = default;
};

/// What a payment met when it came after its own reversal.
struct ReversedBefore {
    AmountMinor remaining;  ///< The least that one of them lets remain.
    /// All that waited for it, by their events: they are kept no longer.
    InlineVector<Sequence, kept_reversals_per_account_max> kept_by;
    friend constexpr bool operator==(const ReversedBefore&, const ReversedBefore&) = default;
};

}  // namespace carecard::rules
