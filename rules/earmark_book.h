#pragma once

#include <algorithm>
#include <iterator>
#include <vector>

#include "rules/earmark.h"

/// How events change the earmarks of an account.
namespace carecard::rules {

/// In its place, by the day on which it is due. @pre  there is room for it.
void add_earmark(Earmarks& earmarks, const Earmark& earmark);

/// What an event of authorisation `by` makes of one of them. @pre  it is there.
void change_earmark(Earmarks& earmarks, const AuthorisationId& by, const EarmarkChange& change);

/// Nothing is left of it, and nothing can come back.
[[nodiscard]] bool is_used_up(const Earmarks& earmarks, const Earmark& earmark);

/// Lets the earmarks go that `done` says, with what was taken of them. @return those.
template <class Done>
std::vector<Earmark> drop_if(Earmarks& earmarks, Done done) {
    std::vector<Earmark> gone;
    std::copy_if(earmarks.all.begin(), earmarks.all.end(), std::back_inserter(gone), done);
    const auto is_gone = [&](Sequence earmark) {
        return std::any_of(gone.begin(), gone.end(),
                           [&](const Earmark& one) { return one.set_by == earmark; });
    };
    std::erase_if(earmarks.all, [&](const Earmark& one) { return is_gone(one.set_by); });
    std::erase_if(earmarks.uses, [&](const EarmarkUse& use) { return is_gone(use.earmark); });
    return gone;
}

}  // namespace carecard::rules
