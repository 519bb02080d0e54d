#include "services/settlement/verify_batch.h"

#include <fmt/format.h>

#include <span>
#include <string_view>
#include <unordered_map>

#include "common/sha256.h"
#include "services/settlement/damage.h"
#include "services/settlement/item.h"
#include "services/settlement/position.h"

namespace carecard::settlement {
namespace {

/// What an account's figures are by the previous position and the items so far. Exposures and
/// balances are wide, since items from outside may add up to anything.
struct Expected {
    TotalMinor balance;
    TotalMinor exposure;
    friend bool operator==(const Expected&, const Expected&) = default;
};
using ExpectedByAccount = std::unordered_map<std::string, Expected>;

Result<Done> check_file(std::string_view name, std::string_view bytes, const FileDigest& stated) {
    if (bytes.size() != stated.size) {
        return damaged(name, fmt::format("it has {} bytes, and the manifest says {}", bytes.size(),
                                         stated.size));
    }
    if (sha256(bytes_of(bytes)) != stated.sha256) {
        return damaged(name, "its SHA-256 is not the one in the manifest");
    }
    return Done{};
}

Result<Done> check_total(std::string_view name, TotalMinor stated, TotalMinor found) {
    if (stated == found) return Done{};
    return damaged(manifest_file, fmt::format("its total {} does not follow from the files", name));
}

/// Recomputes from the items what the manifest states of them.
class ItemSums {
   public:
    ItemSums(const Manifest& manifest, ExpectedByAccount& accounts)
        : manifest_(manifest), accounts_(accounts) {}

    Result<Done> add(const Item& item) {
        const std::uint64_t sequence = item.sequence.value;
        if (sequence < manifest_.first.value || sequence > manifest_.last.value) {
            return damaged(items_file,
                           fmt::format("sequence {} is outside the batch's range", sequence));
        }
        if (item.sequence < last_ || (item.sequence == last_ && !may_follow(item.kind))) {
            return damaged(items_file,
                           fmt::format("sequence {} is not after the one before it", sequence));
        }
        if (resolved_by(item) != AmountMinor{} && may_follow(item.kind) &&
            item.amount > left_of_presentment(item)) {
            return damaged(items_file, fmt::format("sequence {} repays or pays back what no "
                                                   "presentment before it has",
                                                   sequence));
        }
        keep_what_is_left(item);
        if (item.currency != manifest_.currency) {
            return damaged(items_file,
                           fmt::format("sequence {} is not in the batch's currency", sequence));
        }
        CountAndSum& sum = totals.of(item.kind);
        ++sum.count;
        sum.sum.add(item.amount);
        effect.add(item.balance_effect);
        exposure.add(item.exposure);
        recovered.add(item.recovered);
        Expected& account = accounts_[item.account];
        account.balance.add(item.balance_effect);
        account.exposure.add(item.exposure);
        account.exposure.add(-item.recovered);
        account.exposure.add(-resolved_by(item));
        return Done{};
    }

    BatchTotals totals;  ///< Of the items by kind, and of nothing else.
    TotalMinor effect;
    TotalMinor exposure;
    TotalMinor recovered;

   private:
    /// Of a presentment before, of the same event and payment: what a credit is said to recover, or
    /// a debit to expose, and no item after it has taken off yet.
    [[nodiscard]] AmountMinor left_of_presentment(const Item& item) const {
        const bool same = item.sequence == last_ && item.account == presented_account_ &&
                          item.authorisation == presented_authorisation_;
        if (!same) return {};
        return item.kind == ItemKind::dispute_paid_back ? exposed_ : credit_;
    }
    void keep_what_is_left(const Item& item) {
        if (item.sequence != last_) {
            credit_ = {};
            exposed_ = {};
        }
        last_ = item.sequence;
        if (is_presentment(item.kind)) {
            presented_account_ = item.account;
            presented_authorisation_ = item.authorisation;
            credit_ = item.recovered;
            exposed_ = item.exposure;
        } else if (item.kind == ItemKind::dispute_paid_back) {
            exposed_.value -= item.amount.value;
        } else if (may_follow(item.kind) && resolved_by(item) != AmountMinor{}) {
            credit_.value -= item.amount.value;
        }
    }

    const Manifest& manifest_;
    ExpectedByAccount& accounts_;
    Sequence last_;
    // Of the presentment of the last event; see `left_of_presentment`.
    std::string presented_account_;
    AuthorisationId presented_authorisation_;
    AmountMinor credit_;
    AmountMinor exposed_;
};

/// Whether each account's opening figures are known: from the previous position, or because the
/// first batch starts from nothing.
enum class Opening : unsigned char { known, unknown };

/// Recomputes from the positions what the manifest states of them.
class PositionSums {
   public:
    PositionSums(ExpectedByAccount& accounts, Opening opening)
        : accounts_(accounts), opening_(opening) {}

    Result<Done> add(const AccountPosition& row) {
        ++count;
        balance.add(row.position.balance);
        held.add(row.position.held);
        exposure.add(row.position.exposure);
        const auto [entry, is_new] = seen_.try_emplace(row.account, Expected{});
        if (!is_new) return damaged(positions_file, "an account is in it twice");
        if (opening_ == Opening::unknown) return Done{};
        const Expected stated{.balance = {row.position.balance.value},
                              .exposure = {row.position.exposure.value}};
        const auto expected = accounts_.find(row.account);
        if (stated != (expected == accounts_.end() ? Expected{} : expected->second)) {
            return damaged(positions_file,
                           fmt::format("the figures of the account in row {} do not follow from "
                                       "its opening position and its items",
                                       count));
        }
        return Done{};
    }

    /// No account that should have something is left out.
    [[nodiscard]] Result<Done> finish() const {
        for (const auto& [account, expected] : accounts_) {
            const bool due = opening_ == Opening::known && expected != Expected{};
            if (due && !seen_.contains(account)) {
                return damaged(positions_file,
                               "an account that has a balance or an exposure is "
                               "missing");
            }
        }
        return Done{};
    }

    std::uint64_t count = 0;
    TotalMinor balance;
    TotalMinor held;
    TotalMinor exposure;

   private:
    const ExpectedByAccount& accounts_;
    std::unordered_map<std::string, Expected> seen_;
    Opening opening_;
};

Result<Done> check_item_totals(const BatchTotals& stated, const ItemSums& items) {
    const BatchTotals& found = items.totals;
    if (stated.loads != found.loads) return damaged(manifest_file, "its loads are not the items'");
    if (stated.write_offs != found.write_offs ||
        stated.exposure_recoveries != found.exposure_recoveries ||
        stated.write_offs_repaid != found.write_offs_repaid) {
        return damaged(manifest_file, "its write-offs or recoveries are not the items'");
    }
    if (stated.provisional_credits != found.provisional_credits ||
        stated.provisional_debits != found.provisional_debits ||
        stated.disputes_repaid != found.disputes_repaid ||
        stated.disputes_paid_back != found.disputes_paid_back) {
        return damaged(manifest_file, "what it says of disputes is not the items'");
    }
    if (stated.debits != found.debits) {
        return damaged(manifest_file, "its debits are not the items'");
    }
    if (stated.credits != found.credits) {
        return damaged(manifest_file, "its credits are not the items'");
    }
    if (stated.returned != found.returned || stated.owed != found.owed) {
        return damaged(manifest_file, "what left purses that are over is not the items'");
    }
    if (stated.council_payments != found.council_payments) {
        return damaged(manifest_file, "its council payments are not the items'");
    }
    const Result<Done> exposure = check_total("exposure_minor", stated.exposure, items.exposure);
    if (!exposure) return exposure.fault();
    return check_total("recovered_minor", stated.recovered, items.recovered);
}

Result<Done> check_position_totals(const BatchTotals& stated, const ItemSums& items,
                                   const PositionSums& positions) {
    if (stated.accounts != positions.count) {
        return damaged(manifest_file, "its number of accounts is not the positions'");
    }
    const struct {
        const char* name;
        TotalMinor stated;
        TotalMinor found;
    } rows[] = {
        {"closing_balance_minor", stated.closing_balance, positions.balance},
        {"closing_held_minor", stated.closing_held, positions.held},
        {"closing_exposure_minor", stated.closing_exposure, positions.exposure},
        {"opening_balance_minor",
         {stated.opening_balance.value + items.effect.value},
         positions.balance},
        {"opening_exposure_minor",
         {stated.opening_exposure.value + items.exposure.value - items.recovered.value -
          items.totals.resolved().value + items.totals.disputed().value},
         positions.exposure},
    };
    for (const auto& row : rows) {
        const Result<Done> agrees = check_total(row.name, row.stated, row.found);
        if (!agrees) return agrees.fault();
    }
    return Done{};
}

PreviousBatch hashes_of(const BatchFiles& files) {
    return {.manifest_sha256 = sha256(bytes_of(files.manifest)),
            .signature_sha256 = sha256(files.signature)};
}

bool is_first(const Manifest& manifest) { return number_before(manifest) == 0; }

/// What a fork may say of itself: the lost numbers are all those right before the batch's own.
Result<Done> check_fork(const Manifest& manifest, const Fork& fork) {
    const bool none_lost = fork.lost_first == 0 && fork.lost_last == 0;
    const bool all_before = fork.lost_first != 0 && fork.lost_first <= fork.lost_last &&
                            fork.lost_last == manifest.number - 1;
    // The batch may end before the fork: its day had ended, and was closed after it.
    const bool in_range =
        fork.restored_to.value + 1 >= manifest.first.value && manifest.epoch.value > 1;
    if ((none_lost || all_before) && in_range) return Done{};
    return damaged(manifest_file, "its fork cannot be: not by its epoch, numbers or sequences");
}

/// What a manifest may say of itself, whatever the other files hold.
Result<Done> check_manifest(const Manifest& manifest) {
    if (manifest.number == 0 || manifest.first.value == 0 || manifest.last < manifest.first ||
        manifest.epoch.value == 0) {
        return damaged(manifest_file, "its epoch, number or range of sequences cannot be");
    }
    if (manifest.fork) {
        const Result<Done> possible = check_fork(manifest, *manifest.fork);
        if (!possible) return possible.fault();
    }
    if (is_first(manifest) != !manifest.previous.has_value()) {
        return damaged(manifest_file, "only the first batch, and no other, has no previous one");
    }
    const bool begins_empty = manifest.totals.opening_balance == TotalMinor{} &&
                              manifest.totals.opening_exposure == TotalMinor{};
    if (is_first(manifest) && !begins_empty) {
        return damaged(manifest_file, "the first batch must begin with nothing");
    }
    return Done{};
}

Result<Done> check_succession(const Manifest& manifest, const Manifest& before,
                              const PreviousBatch& hashes) {
    if (manifest.programme != before.programme || manifest.council != before.council ||
        manifest.currency != before.currency) {
        return damaged(manifest_file, "the batch before is of another programme");
    }
    if (before.number != number_before(manifest)) {
        return damaged(manifest_file,
                       fmt::format("its number is {}, after {}", manifest.number, before.number));
    }
    if (manifest.fork.has_value() != (manifest.epoch > before.epoch)) {
        return damaged(manifest_file,
                       "its epoch is another than the batch before has, or its fork is for none");
    }
    if (manifest.first.value != before.last.value + 1 || manifest.epoch < before.epoch ||
        manifest.day <= before.day) {
        return damaged(manifest_file, "its sequences, epoch or day do not follow the batch before");
    }
    if (manifest.previous != hashes) {
        return damaged(manifest_file, "its previous hashes are not those of the batch before");
    }
    if (manifest.totals.opening_balance != before.totals.closing_balance ||
        manifest.totals.opening_exposure != before.totals.closing_exposure) {
        return damaged(manifest_file, "it does not open with what the batch before closed with");
    }
    return Done{};
}

/// Checks against the batch before, and takes each account's opening figures from it.
Result<Done> open_from(const Manifest& manifest, const BatchFiles& previous,
                       ExpectedByAccount& accounts) {
    const Result<Manifest> before = parse_manifest(previous.manifest);
    if (!before) return before.fault();
    const Result<Done> follows = check_succession(manifest, *before, hashes_of(previous));
    if (!follows) return follows.fault();
    const Result<Done> same = check_file(positions_file, previous.positions, before->positions);
    if (!same) return same.fault();
    return parse_positions(previous.positions, [&](const AccountPosition& row) -> Result<Done> {
        accounts[row.account] = {.balance = {row.position.balance.value},
                                 .exposure = {row.position.exposure.value}};
        return Done{};
    });
}

Result<Done> check_figures(const Manifest& manifest, const BatchFiles& files,
                           ExpectedByAccount& accounts, Opening opening) {
    ItemSums items(manifest, accounts);
    const Result<Done> read =
        parse_items(files.items, [&](const Item& item) { return items.add(item); });
    if (!read) return read.fault();
    const Result<Done> agrees = check_item_totals(manifest.totals, items);
    if (!agrees) return agrees.fault();
    PositionSums positions(accounts, opening);
    const Result<Done> positioned = parse_positions(
        files.positions, [&](const AccountPosition& row) { return positions.add(row); });
    if (!positioned) return positioned.fault();
    const Result<Done> complete = positions.finish();
    if (!complete) return complete.fault();
    return check_position_totals(manifest.totals, items, positions);
}

}  // namespace

Result<VerifiedBatch> verify_batch(const BatchFiles& files, const TrustedSigner& trusted,
                                   const BatchFiles* previous) {
    const Result<Manifest> manifest = parse_manifest(files.manifest);
    if (!manifest) return manifest.fault();
    const Result<Done> is_signed =
        verify_signature(files.manifest, files.signature, trusted, manifest->council);
    if (!is_signed) return is_signed.fault();
    const Result<Done> possible = check_manifest(*manifest);
    if (!possible) return possible.fault();
    const Result<Done> same_items = check_file(items_file, files.items, manifest->items);
    if (!same_items) return same_items.fault();
    const Result<Done> same_positions =
        check_file(positions_file, files.positions, manifest->positions);
    if (!same_positions) return same_positions.fault();

    ExpectedByAccount accounts;
    Opening opening = is_first(*manifest) ? Opening::known : Opening::unknown;
    if (previous != nullptr) {
        const Result<Done> opened = open_from(*manifest, *previous, accounts);
        if (!opened) return opened.fault();
        opening = Opening::known;
    }
    const Result<Done> figures = check_figures(*manifest, files, accounts, opening);
    if (!figures) return figures.fault();
    return VerifiedBatch{.manifest = *manifest, .self = hashes_of(files)};
}

}  // namespace carecard::settlement
