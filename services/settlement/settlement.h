#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/result.h"
#include "services/journal/record.h"
#include "services/settlement/book.h"
#include "services/settlement/catalogue.h"
#include "services/settlement/period.h"
#include "services/settlement/shelf.h"
#include "services/settlement/signature.h"

namespace carecard::settlement {

/// Follows the journal, record by record, and makes a batch of each settlement that it finds
/// closed there: rendered, signed, stored and then listed in the catalogue.
/// A journal that was restored goes on in a later epoch, without what came after the restore's
/// place; see `begin_again`.
///
/// What it has done survives in the book. After a crash it goes on from the book's cursor; a batch
/// whose files were stored meanwhile is found again, byte for byte the same. One thread.
class Settlement {
   public:
    /// All must outlive the object.
    struct Parts {
        Book& book;
        Shelf& shelf;
        const Signer& signer;
        Catalogue& catalogue;
        CurrencyName currency_name;
    };

    /// Loads the book and fills the catalogue from it.
    /// @return the object; `corrupt` on field `data`.
    static Result<std::unique_ptr<Settlement>> open(const Parts& parts);

    /// The last record folded: the next one must begin right after it.
    [[nodiscard]] const journal::Head& head() const { return cursor_.head; }

    /// Drops what was folded of a life of the journal that is lost, for following the present one
    /// from its first record. The batches are kept: of those that the present life closes again,
    /// as they were, nothing changes; the others are lost, and stay as evidence.
    ///
    /// @return done; `unavailable` when the book cannot be written: then the process ends.
    Result<Done> begin_again();

    /// What the service of the journal says of it beside a record.
    struct JournalFacts {
        ClockKind clock = ClockKind::system;  ///< By which it is kept.
        Epoch epoch;                          ///< Its present one.
    };

    /// Folds the next record.
    ///
    /// @param journal  a journal in which the clock was ever advanced is of a simulated one,
    ///                 whatever is said later.
    /// @return done; `corrupt` when the record does not continue the chain, or contradicts what
    ///         came before, or a stored batch; `unavailable` when the book or the shelf cannot be
    ///         written. After a fault the object is of no further use: the process ends, and the
    ///         next one goes on from the book.
    Result<Done> follow(const journal::RecordView& record, const JournalFacts& journal);

   private:
    explicit Settlement(const Parts& parts) : parts_(parts), period_(parts.currency_name) {}

    Result<Done> check_link(const journal::RecordView& record) const;
    Result<Done> fold(const journal::EventView& event, Epoch present);
    Result<Done> close(const rules::SettlementClosed& event, const rules::Stamp& stamp);
    Result<Done> load_kept();
    Result<Done> mark_lost(const rules::Restored& event, Epoch present);
    Result<Done> flush();
    void publish_programmes();

    Parts parts_;
    Period period_;
    Cursor cursor_;
    Changes changes_;  // not yet in the book
    std::size_t programmes_published_ = 0;

    /// Batches of an earlier life that the present one has not closed (yet), by programme code and
    /// number.
    std::map<std::pair<std::string, std::uint32_t>, ClosedBatch> kept_;
};

}  // namespace carecard::settlement
