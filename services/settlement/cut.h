#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "common/result.h"
#include "rules/event.h"
#include "services/settlement/book_format.h"
#include "services/settlement/item.h"
#include "services/settlement/manifest.h"

namespace carecard::settlement {

struct Draft;

/// The fault for a journal whose events contradict each other: `corrupt` on field `record`.
[[nodiscard]] Fault contradiction(Sequence sequence, std::string_view what);

/// Folds the events of one batch, in order, into the positions of its accounts, the rows of its
/// items and its totals. Used by `Period::close` only, for one batch each.
class Cut {
   public:
    struct Batch {
        const rules::SettlementClosed& event;
        const std::string& currency;  ///< The programme's, as letters.
        const CurrencyName& currency_name;
    };

    /// All must outlive the object. `accounts` and `draft` are changed.
    Cut(const Batch& batch, std::deque<AccountRow>& accounts, const std::deque<CardRow>& cards,
        Draft& draft)
        : batch_(batch), accounts_(accounts), cards_(cards), draft_(draft) {}

    /// Folds one event of the batch.
    /// @return done; `corrupt` when it is damaged or leads to an amount that cannot be.
    Result<Done> fold(std::span<const std::byte> clear);

    /// Takes the trial balance from the event that ended the batch's last day.
    Result<Done> end_of_day(std::span<const std::byte> clear);

    /// Compares what was folded with what the closing event and the trial balance state.
    /// @pre the draft's closing totals are set.
    [[nodiscard]] Result<Done> finish() const;

    /// The accounts whose position has changed.
    [[nodiscard]] const std::set<AccountId>& touched() const { return touched_; }

   private:
    Result<Done> post(const rules::Postings& postings, AccountId id, const rules::Stamp& stamp);
    void append(const rules::Loaded& event, Item& item);
    void append(const rules::Presented& event, Item& item);
    /// What of a presentment is neither the holder's nor an exposure's.
    void append_parts(const rules::Presented& event, const Item& item);
    void append_part(const rules::Presented& event, ItemKind kind, AmountMinor amount, Item item);
    /// The lines of money that leaves a purse.
    void append_sent_on(const rules::Postings& postings, AccountId account, Item item);
    void append(const rules::ResolutionDecided& event, Item& item);
    void append(const rules::ExposureRecovered& event, Item& item);
    void append(const rules::EarmarkPaid& event, Item& item);
    void append(const rules::DisputeOpened& event, Item& item);
    void append(const rules::DisputeClosed& event, Item& item);
    template <class Event>
    void append_lent(const Event& event, ItemKind kind, AmountMinor amount, Item& item);
    template <class Event>
    void append_resolved(const Event& event, Item& item);
    void add_to_totals(const Item& item);

    Batch batch_;
    std::deque<AccountRow>& accounts_;
    const std::deque<CardRow>& cards_;
    Draft& draft_;
    std::set<AccountId> touched_;
    std::optional<rules::LedgerTotals> trial_balance_;
};

}  // namespace carecard::settlement
