#include "rules/earmarking.h"

#include <algorithm>
#include <array>

namespace carecard::rules {
namespace {

/// An amount for each purse, by number.
using ByPurse = std::array<std::int64_t, purses_per_account_max + 1>;

AmountMinor used_by(const Earmarks& earmarks, const Earmark& earmark,
                    const AuthorisationId& authorisation) {
    for (const EarmarkUse& use : earmarks.uses) {
        if (use.earmark == earmark.set_by && use.authorisation == authorisation) return use.amount;
    }
    return {};
}

/// What of `legs` is still held or was cleared.
ByPurse staying(const Legs& legs) {
    ByPurse stays{};
    for (const Leg& leg : legs) stays[leg.purse.value] += leg.held.value + leg.debited.value;
    return stays;
}

ByPurse taken_from(const Postings& postings) {
    ByPurse taken{};
    for (const Posting& line : postings) {
        if (line.account == LedgerAccount::available) taken[line.purse.value] -= line.amount.value;
    }
    return taken;
}

/// What the authorisation itself makes of an earmark, and what it had taken of it before.
struct Own {
    EarmarkChange change;
    AmountMinor used_before;
};

/// `stays` is what no earmark before it accounts for of what stays in its purse, and `taken` what
/// is taken from that.
Own follow_own(const Earmarks& earmarks, const Earmark& earmark, const Movement& movement,
               std::int64_t& stays, std::int64_t& taken) {
    const AmountMinor used = used_by(earmarks, earmark, movement.authorisation);
    AmountMinor left = earmark.left;
    AmountMinor still = used;
    if (used.value > 0 && !movement.is_paid) {
        still = std::min(used, {stays});
        stays -= still.value;
        left.value += used.value - still.value;
    }
    if (!movement.payee.empty() && movement.payee == earmark.payee && taken > 0) {
        const std::int64_t part = std::min(taken, left.value);
        taken -= part;
        left.value -= part;
        still.value += part;
    }
    if (!movement.stays_open) still = {};
    return {.change = {.earmark = earmark.set_by, .left = left, .used = still},
            .used_before = used};
}

}  // namespace

AmountMinor kept_from(const Earmarks* earmarks, PurseNumber purse, const Acceptor& payee,
                      DayNumber today) {
    AmountMinor kept;
    if (earmarks == nullptr) return kept;
    for (const Earmark& earmark : earmarks->all) {
        const bool is_payee = !payee.empty() && earmark.payee == payee;
        if (earmark.purse != purse || is_payee || !earmark.stands_on(today)) continue;
        kept.value += earmark.left.value;
    }
    return kept;
}

AmountMinor kept_in(const Earmarks* earmarks, PurseNumber purse, DayNumber today) {
    return kept_from(earmarks, purse, {}, today);
}

const Earmark* find_earmark(const Earmarks* earmarks, const EarmarkReference& reference,
                            DayNumber today) {
    if (earmarks == nullptr) return nullptr;
    const auto found =
        std::find_if(earmarks->all.begin(), earmarks->all.end(), [&](const Earmark& earmark) {
            return earmark.reference == reference && earmark.stands_on(today);
        });
    return found == earmarks->all.end() ? nullptr : &*found;
}

Earmarked earmarks_after(const State& state, const Account& account, const Movement& movement,
                         const Postings& postings) {
    Earmarked done;
    const Earmarks* const earmarks = state.earmarks_of(account.id);
    if (earmarks == nullptr) return done;
    const ByPurse moved = taken_from(postings);
    ByPurse taken = moved;
    ByPurse stays = staying(movement.legs);
    ByPurse over{};
    InlineVector<Own, earmarks_per_account_max> own;
    InlineVector<const Earmark*, earmarks_per_account_max> standing;
    for (const Earmark& earmark : earmarks->all) {
        if (!earmark.stands_on(movement.today)) continue;
        const std::size_t purse = earmark.purse.value;
        standing.push_back(&earmark);
        own.push_back(follow_own(*earmarks, earmark, movement, stays[purse], taken[purse]));
        over[purse] += own[own.size() - 1].change.left.value;
    }
    for (std::size_t purse = 1; purse <= account.purses.size(); ++purse) {
        over[purse] -= account.purses[purse - 1].available.value - moved[purse];
    }
    for (std::size_t index = standing.size(); index-- > 0;) {
        std::int64_t& excess = over[standing[index]->purse.value];
        AmountMinor& left = own[index].change.left;
        const std::int64_t part = std::clamp<std::int64_t>(excess, 0, left.value);
        excess -= part;
        left.value -= part;
        done.broken.value += part;
    }
    for (std::size_t index = 0; index < standing.size(); ++index) {
        const auto& [change, used_before] = own[index];
        if (change.left == standing[index]->left && change.used == used_before) continue;
        done.changes.push_back(change);
    }
    return done;
}

}  // namespace carecard::rules
