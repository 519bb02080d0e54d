#include "services/settlement/period.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <type_traits>
#include <utility>
#include <variant>

#include "common/check.h"
#include "common/newer_version.h"
#include "common/sha256.h"
#include "services/settlement/cut.h"

namespace carecard::settlement {
namespace {

Fault broken_book(std::string_view what) {
    return {FaultKind::corrupt, "data", fmt::format("the settlement's book is damaged: {}", what),
            "Stop the service, move its book directory away, and start it again: it reads the "
            "journal from the beginning."};
}

template <class Id, class Row>
bool is_next(Id id, const std::deque<Row>& rows) {
    return id.value == rows.size() + 1;
}

template <class Row>
bool is_known(std::uint32_t id, const std::deque<Row>& rows) {
    return id != 0 && id <= rows.size();
}

std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Appends the decoded row to `rows`.
template <class Row>
Result<Done> keep(std::deque<Row>& rows, const std::optional<Row>& row, std::string_view what) {
    if (!row) return broken_book(what);
    rows.push_back(*row);
    return Done{};
}

}  // namespace

/// One overload for each event that matters to settlement.
class Period::Noter {
   public:
    Noter(Period& period, const journal::DecodedEvent& event, std::span<const std::byte> clear,
          Changes& changes)
        : period_(period), stamp_(event.stamp), clear_(clear), changes_(changes) {}

    Result<Done> operator()(const rules::ProgrammeCreated& event) {
        if (!is_next(event.programme, period_.rows_)) return out_of_order("programme");
        const ProgrammeRow& row =
            period_.rows_.emplace_back(ProgrammeRow{.code = event.request.code,
                                                    .council = event.request.council,
                                                    .currency = event.request.currency});
        period_.programmes_.emplace_back();
        changes_.push_back({key_of(event.programme), encode(row)});
        return Done{};
    }

    Result<Done> operator()(const rules::AccountOpened& event) {
        if (!is_next(event.account, period_.accounts_) ||
            !is_known(event.programme.value, period_.programmes_)) {
            return out_of_order("account");
        }
        const AccountRow& row =
            period_.accounts_.emplace_back(AccountRow{.programme = event.programme,
                                                      .reference = event.request.account.reference,
                                                      .arrangement = event.request.arrangement,
                                                      .opened = stamp_.sequence});
        period_.programmes_[event.programme.value - 1].accounts.push_back(event.account);
        changes_.push_back({key_of(event.account), encode(row)});
        return Done{};
    }

    Result<Done> operator()(const rules::CardIssued& event) {
        return keep_card(event.card, event.request.last_four);
    }

    Result<Done> operator()(const rules::CardReplaced& event) {
        return keep_card(event.card, event.request.last_four);
    }

    Result<Done> operator()(const rules::AccountStatusSet& event) {
        if (!is_known(event.account.value, period_.accounts_)) return out_of_order("account");
        AccountRow& row = period_.accounts_[event.account.value - 1];
        if (event.request.status != rules::AccountStatus::closed || row.closed.value != 0) {
            return Done{};
        }
        row.closed = stamp_.sequence;
        changes_.push_back({key_of(event.account), encode(row)});
        return Done{};
    }

    Result<Done> operator()(const rules::BusinessDayEnded& event) {
        return keep_event(event.request.programme);
    }

    Result<Done> operator()(const rules::Restored& event) {
        for (std::size_t index = 0; index < period_.programmes_.size(); ++index) {
            Programme& programme = period_.programmes_[index];
            if (!programme.fork) programme.fork = Fork{.restored_to = event.restored_to};
        }
        for (const rules::LostBatches& lost : event.batches_lost) {
            if (!is_known(lost.programme.value, period_.programmes_)) {
                return out_of_order("programme");
            }
            Programme& programme = period_.programmes_[lost.programme.value - 1];
            if (lost.first != programme.number + 1 || lost.last < lost.first) {
                return out_of_order("lost batch");
            }
            if (programme.fork->lost_first == 0) programme.fork->lost_first = lost.first;
            programme.fork->lost_last = lost.last;
            programme.number = lost.last;
        }
        for (std::uint32_t id = 1; id <= period_.programmes_.size(); ++id) {
            changes_.push_back({fork_key({id}), encode(*period_.programmes_[id - 1].fork)});
        }
        return Done{};
    }

    template <class Fact>
    Result<Done> operator()(const Fact& event) {
        if constexpr (requires { event.postings; }) {
            if (event.postings.empty()) return Done{};
            if (!is_known(event.account.value, period_.accounts_)) return out_of_order("account");
            return keep_event(event.programme);
        } else {
            return Done{};
        }
    }

   private:
    Result<Done> keep_card(CardId card, const InlineText<4>& last_four) {
        if (!is_next(card, period_.cards_)) return out_of_order("card");
        const CardRow& row = period_.cards_.emplace_back(last_four);
        changes_.push_back({key_of(card), encode(row)});
        return Done{};
    }

    Result<Done> keep_event(ProgrammeId programme) {
        if (!is_known(programme.value, period_.programmes_)) return out_of_order("programme");
        changes_.push_back({event_key(programme, stamp_.sequence), text_of(clear_)});
        return Done{};
    }

    [[nodiscard]] Fault out_of_order(std::string_view what) const {
        return contradiction(stamp_.sequence,
                             fmt::format("its {} does not follow from the events before", what));
    }

    Period& period_;
    const rules::Stamp& stamp_;
    std::span<const std::byte> clear_;
    Changes& changes_;
};

Result<Done> Period::load_rows(const Book& book) {
    const Result<Done> programmes =
        book.scan(all_programmes(), [&](std::string_view, std::string_view value) {
            programmes_.emplace_back();
            return keep(rows_, decode_programme(value), "a programme");
        });
    if (!programmes) return programmes.fault();
    const Result<Done> accounts =
        book.scan(all_accounts(), [&](std::string_view, std::string_view value) -> Result<Done> {
            const std::optional<AccountRow> row = decode_account(value);
            if (!row || !is_known(row->programme.value, programmes_)) {
                return broken_book("an account");
            }
            accounts_.push_back(*row);
            programmes_[row->programme.value - 1].accounts.push_back(
                {static_cast<std::uint32_t>(accounts_.size())});
            return Done{};
        });
    if (!accounts) return accounts.fault();
    return book.scan(all_cards(), [&](std::string_view, std::string_view value) {
        return keep(cards_, decode_card(value), "a card");
    });
}

Result<Done> Period::load_batches(const Book& book, std::vector<ClosedBatch>& batches) {
    return book.scan(all_batches(),
                     [&](std::string_view key, std::string_view value) -> Result<Done> {
                         const std::optional<ClosedBatch> batch = decode_batch(value);
                         const ProgrammeId programme = programme_of_key(key);
                         if (!batch || !is_known(programme.value, programmes_)) {
                             return broken_book("a batch");
                         }
                         closed(programme, *batch);
                         batches.push_back(*batch);
                         return Done{};
                     });
}

Result<Done> Period::load_forks(const Book& book) {
    return book.scan(all_forks(),
                     [&](std::string_view key, std::string_view value) -> Result<Done> {
                         const std::optional<Fork> fork = decode_fork(value);
                         const ProgrammeId id = programme_of_key(key);
                         if (!fork || !is_known(id.value, programmes_))
                             return broken_book("a fork");
                         Programme& programme = programmes_[id.value - 1];
                         programme.fork = fork;
                         programme.number = std::max(programme.number, fork->lost_last);
                         return Done{};
                     });
}

Result<std::vector<ClosedBatch>> Period::load(const Book& book) {
    CHECK(rows_.empty());
    const std::string key = cursor_key();
    const KeyRange only_cursor{.from = key, .to = key + '\0'};
    const Result<Done> cursor =
        book.scan(only_cursor, [&](std::string_view, std::string_view value) -> Result<Done> {
            const std::uint8_t version = version_of_book(value).value_or(0);
            if (version > book_version) {
                return newer_version(
                    "data", {.name = "the settlement's book", .known = book_version}, version);
            }
            const std::optional<Cursor> row = decode_cursor(value);
            if (!row) return broken_book("its cursor");
            loaded_cursor_ = *row;
            return Done{};
        });
    if (!cursor) return cursor.fault();
    const Result<Done> rows = load_rows(book);
    if (!rows) return rows.fault();
    std::vector<ClosedBatch> batches;
    const Result<Done> loaded = load_batches(book, batches);
    if (!loaded) return loaded.fault();
    const Result<Done> forks = load_forks(book);
    if (!forks) return forks.fault();
    return batches;
}

Result<Done> Period::note(const journal::DecodedEvent& event, std::span<const std::byte> clear,
                          Changes& changes) {
    return std::visit(Noter(*this, event, clear, changes), event.event);
}

Result<Done> Period::check_closing(const rules::SettlementClosed& event) const {
    if (!is_known(event.programme.value, programmes_)) {
        return contradiction(event.last, "a batch of a programme that does not exist is closed");
    }
    const Programme& programme = programmes_[event.programme.value - 1];
    const bool follows = event.number == programme.number + 1 &&
                         event.first.value == programme.last.value + 1 && event.last >= event.first;
    if (!follows) {
        return contradiction(event.last,
                             fmt::format("batch {} of programme {} does not follow the one before",
                                         event.number, event.programme.value));
    }
    return Done{};
}

void Period::render_positions(const rules::SettlementClosed& event, Draft& draft) const {
    BatchTotals& totals = draft.manifest.totals;
    draft.positions = positions_header();
    for (const AccountId id : programmes_[event.programme.value - 1].accounts) {
        const AccountRow& account = accounts_[id.value - 1];
        const bool was_open = account.opened <= event.last &&
                              (account.closed.value == 0 || account.closed > event.last);
        if (!was_open && account.position.empty()) continue;
        append_row(draft.positions, account.reference.view(), account.arrangement,
                   account.position);
        ++totals.accounts;
        totals.closing_balance.add(account.position.balance);
        totals.closing_held.add(account.position.held);
        totals.closing_exposure.add(account.position.exposure);
    }
}

Result<Draft> Period::close(const rules::SettlementClosed& event, Epoch epoch, const Book& book,
                            Changes& changes) {
    const Result<Done> follows = check_closing(event);
    if (!follows) return follows.fault();
    const Programme& programme = programmes_[event.programme.value - 1];
    const ProgrammeRow& row = rows_[event.programme.value - 1];
    Draft draft;
    draft.manifest = {.epoch = epoch,
                      .programme = row.code.str(),
                      .council = row.council.str(),
                      .currency = currency_name_(row.currency),
                      .number = event.number,
                      .day = event.request.day,
                      .first = event.first,
                      .last = event.last,
                      .previous = programme.previous,
                      .fork = programme.fork};
    if (programme.fork) changes.push_back({fork_key(event.programme), std::nullopt});
    for (const AccountId id : programme.accounts) {
        draft.manifest.totals.opening_balance.add(accounts_[id.value - 1].position.balance);
        draft.manifest.totals.opening_exposure.add(accounts_[id.value - 1].position.exposure);
    }
    draft.items = items_header();

    Cut cut({.event = event, .currency = draft.manifest.currency, .currency_name = currency_name_},
            accounts_, cards_, draft);
    // The row right after the last event is the business day's end, with its trial balance.
    const KeyRange range = events_between(event.programme, event.first, {event.last.value + 1});
    const Result<Done> folded =
        book.scan(range, [&](std::string_view key, std::string_view value) -> Result<Done> {
            if (sequence_of_key(key) > event.last) return cut.end_of_day(bytes_of(value));
            changes.push_back({std::string(key), std::nullopt});
            return cut.fold(bytes_of(value));
        });
    if (!folded) return folded.fault();
    for (const AccountId id : cut.touched()) {
        changes.push_back({key_of(id), encode(accounts_[id.value - 1])});
    }
    render_positions(event, draft);
    const Result<Done> agrees = cut.finish();
    if (!agrees) return agrees.fault();
    draft.manifest.items = {.size = draft.items.size(), .sha256 = sha256(bytes_of(draft.items))};
    draft.manifest.positions = {.size = draft.positions.size(),
                                .sha256 = sha256(bytes_of(draft.positions))};
    return draft;
}

bool Period::has_programme(std::string_view code) const {
    return std::ranges::any_of(rows_,
                               [&](const ProgrammeRow& row) { return row.code.view() == code; });
}

bool Period::has_number(std::string_view code, std::uint32_t number) const {
    for (std::size_t index = 0; index < rows_.size(); ++index) {
        if (rows_[index].code.view() == code) return number <= programmes_[index].number;
    }
    return false;
}

void Period::closed(ProgrammeId programme, const ClosedBatch& batch) {
    programmes_[programme.value - 1].number = batch.manifest.number;
    programmes_[programme.value - 1].last = batch.manifest.last;
    programmes_[programme.value - 1].previous =
        PreviousBatch{.manifest_sha256 = batch.manifest_digest.sha256,
                      .signature_sha256 = batch.signature_digest.sha256};
    programmes_[programme.value - 1].fork.reset();
}

}  // namespace carecard::settlement
