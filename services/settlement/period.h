#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"
#include "rules/event.h"
#include "services/journal/codec.h"
#include "services/settlement/book.h"
#include "services/settlement/book_format.h"
#include "services/settlement/item.h"
#include "services/settlement/manifest.h"

namespace carecard::settlement {

/// A batch rendered but not yet signed and stored.
struct Draft {
    Manifest manifest;
    std::string items;      ///< items.csv
    std::string positions;  ///< closing_position.csv
};

/// For each programme, what has happened since its last batch, and where each account stood at
/// the end of that batch.
///
/// Folds the journal's events in order. What must outlast the process goes into `changes`, which
/// the caller writes to the book together with the cursor; accounts and cards are also held in
/// memory, the events since the last batch only in the book. A batch is a function of the previous
/// closing position and of the programme's events first..last alone: what comes after `last` and
/// before the closing changes nothing in it.
///
/// One thread. After a fault the object is of no further use: load a new one from the book.
class Period {
   public:
    explicit Period(CurrencyName currency_name) : currency_name_(std::move(currency_name)) {}

    /// Reads the book into this object, which must be new.
    /// @return the batches in it, by programme and number; `corrupt` on field `data`; `conflict`
    ///         when a newer release wrote it.
    Result<std::vector<ClosedBatch>> load(const Book& book);

    /// Where the book was when it was loaded.
    [[nodiscard]] const Cursor& loaded_cursor() const { return loaded_cursor_; }

    /// The programmes so far, in the order of creation.
    [[nodiscard]] const std::deque<ProgrammeRow>& programmes() const { return rows_; }

    /// Notes one event. A `SettlementClosed` is for `close`.
    /// @param clear  the event's clear part.
    /// @return done; `corrupt` when the event cannot follow what came before.
    Result<Done> note(const journal::DecodedEvent& event, std::span<const std::byte> clear,
                      Changes& changes);

    /// Cuts the batch that `event` closed. The clock in its manifest is for the caller to set.
    /// @pre    every change noted so far is in the book.
    /// @return the draft, with all of `changes` but the batch's own row; `corrupt` when the journal
    ///         contradicts itself: the batch's number or range does not follow, or its totals are
    ///         not those which the event, or the day's trial balance, states.
    /// Cost:   reads the batch's events from the book; renders every account of the programme.
    Result<Draft> close(const rules::SettlementClosed& event, Epoch epoch, const Book& book,
                        Changes& changes);

    /// Whether the journal, as far as it was folded, has given this number or knows it as lost.
    [[nodiscard]] bool has_number(std::string_view code, std::uint32_t number) const;
    /// Whether there is a programme of this code.
    [[nodiscard]] bool has_programme(std::string_view code) const;

    /// Notes that the batch is durable; the next one names it as its previous.
    void closed(ProgrammeId programme, const ClosedBatch& batch);

   private:
    struct Programme {
        std::vector<AccountId> accounts;  // in the order of opening
        std::uint32_t number = 0;         // of the last batch, lost ones included
        Sequence last;                    // of the last batch; so is the next
        std::optional<PreviousBatch> previous;
        std::optional<Fork> fork;  // since the last batch
    };
    class Noter;

    Result<Done> load_rows(const Book& book);
    Result<Done> load_batches(const Book& book, std::vector<ClosedBatch>& batches);
    Result<Done> load_forks(const Book& book);
    Result<Done> check_closing(const rules::SettlementClosed& event) const;
    void render_positions(const rules::SettlementClosed& event, Draft& draft) const;

    CurrencyName currency_name_;
    Cursor loaded_cursor_;
    std::deque<ProgrammeRow> rows_;  // by id, from 1; so are the next three
    std::deque<Programme> programmes_;
    std::deque<AccountRow> accounts_;
    std::deque<CardRow> cards_;
};

}  // namespace carecard::settlement
