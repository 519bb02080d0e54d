#include "rules/earmark_book.h"

#include "common/check.h"

namespace carecard::rules {

void add_earmark(Earmarks& earmarks, const Earmark& earmark) {
    CHECK(earmarks.all.size() < earmarks_per_account_max);
    const auto later = std::find_if(earmarks.all.begin(), earmarks.all.end(),
                                    [&](const Earmark& one) { return one.due > earmark.due; });
    earmarks.all.insert(later, earmark);
}

void change_earmark(Earmarks& earmarks, const AuthorisationId& by, const EarmarkChange& change) {
    const auto changed =
        std::find_if(earmarks.all.begin(), earmarks.all.end(),
                     [&](const Earmark& one) { return one.set_by == change.earmark; });
    CHECK(changed != earmarks.all.end());
    CHECK(change.left >= AmountMinor{0});
    changed->left = change.left;
    std::erase_if(earmarks.uses, [&](const EarmarkUse& use) {
        return use.earmark == change.earmark && use.authorisation == by;
    });
    if (change.used.value > 0) earmarks.uses.push_back({change.earmark, by, change.used});
}

bool is_used_up(const Earmarks& earmarks, const Earmark& earmark) {
    return earmark.left.value == 0 &&
           std::none_of(earmarks.uses.begin(), earmarks.uses.end(),
                        [&](const EarmarkUse& use) { return use.earmark == earmark.set_by; });
}

}  // namespace carecard::rules
