#include "rules/ledger.h"

#include "common/check.h"

namespace carecard::rules {

std::string_view name_of(LedgerAccount account) {
    switch (account) {
        case LedgerAccount::available:
            return "available";
        case LedgerAccount::held:
            return "held";
        case LedgerAccount::funding:
            return "funding";
        case LedgerAccount::settlement:
            return "settlement";
        case LedgerAccount::exposure:
            return "exposure";
        case LedgerAccount::fees:
            return "fees";
        case LedgerAccount::recovered:
            return "recovered";
        case LedgerAccount::promised:
            return "promised";
        case LedgerAccount::owed_to_person:
            return "owed_to_person";
        case LedgerAccount::written_off:
            return "written_off";
        case LedgerAccount::disputed:
            return "disputed";
    }
    CHECK(false);
}

void post(Postings& postings, LedgerAccount account, PurseNumber purse, AmountMinor amount) {
    if (amount.value == 0) return;
    for (Posting& line : postings) {
        if (line.account != account || line.purse != purse) continue;
        line.amount.value += amount.value;
        return;
    }
    postings.push_back({.account = account, .purse = purse, .amount = amount});
}

TotalMinor sum_of(const Postings& postings) {
    TotalMinor sum;
    for (const Posting& line : postings) sum.add(line.amount);
    return sum;
}

TotalMinor LedgerTotals::sum() const {
    TotalMinor sum{promised.value + owed_to_person.value + written_off.value + disputed.value};
    for (const TotalMinor& total : totals) sum.value += total.value;
    return sum;
}

}  // namespace carecard::rules
