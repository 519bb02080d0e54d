#include "rules/hold_rules.h"

#include <algorithm>
#include <array>

#include "rules/command.h"

namespace carecard::rules {
namespace {

constexpr MccRange codes(std::uint16_t first, std::uint16_t last) {
    return {.first = {first}, .last = {last}};
}

HoldRule estimates_at(const MccRange& merchants, DurationNs lifetime) {
    return {.merchants = merchants, .exactness = Exactness::estimated, .lifetime = lifetime};
}

HoldRules make_default_rules() {
    const std::array long_estimates{
        codes(3351, 3999),  // vehicle rental and lodging, by company
        codes(4411, 4411),  // cruises
        codes(4457, 4457),  // boat rental
        codes(7011, 7011),  // lodging
        codes(7033, 7033),  // trailer parks
        codes(7296, 7296),  // clothing rental
        codes(7394, 7394),  // equipment rental
        codes(7512, 7513),  // vehicle rental
        codes(7519, 7519),  // motor homes
        codes(7841, 7841),  // video rental
    };
    HoldRules rules;
    for (const MccRange& merchants : long_estimates) {
        rules.push_back(estimates_at(merchants, days(30)));
    }
    rules.push_back(estimates_at(codes(5542, 5542), days(1)));  // fuel at the pump
    return rules;
}

template <class E>
bool fits(E wanted, E given) {
    return wanted == E::any || wanted == given;
}

}  // namespace

const HoldRules& default_hold_rules() {
    static const HoldRules rules = make_default_rules();
    return rules;
}

Initiator initiator_of(const Authorise& request) {
    const bool by_merchant = request.recurring || request.channel == Channel::recurring;
    return by_merchant ? Initiator::merchant : Initiator::cardholder;
}

Presence presence_of(const Authorise& request) {
    const bool absent = request.channel == Channel::e_commerce ||
                        request.channel == Channel::mail_order_telephone_order ||
                        request.channel == Channel::recurring ||
                        request.entry_mode == EntryMode::e_commerce ||
                        request.entry_mode == EntryMode::credential_on_file;
    return absent ? Presence::absent : Presence::present;
}

const HoldRule* hold_rule_for(const HoldRules& rules, const Authorise& request) {
    const Initiator initiator = initiator_of(request);
    const Presence presence = presence_of(request);
    const Exactness exactness = request.estimated ? Exactness::estimated : Exactness::exact;
    const Mcc mcc = request.merchant.mcc;
    const auto rule = std::find_if(rules.begin(), rules.end(), [&](const HoldRule& one) {
        return one.merchants.first <= mcc && mcc <= one.merchants.last &&
               fits(one.initiator, initiator) && fits(one.presence, presence) &&
               fits(one.exactness, exactness);
    });
    return rule == rules.end() ? nullptr : &*rule;
}

AmountMinor uplifted(AmountMinor amount, const Uplift& uplift) {
    constexpr std::int64_t whole = 10'000;
    const std::int64_t share = amount.value * std::int64_t{uplift.basis_points} / whole;
    const AmountMinor raised{amount.value + share + uplift.amount.value};
    return std::max(raised, uplift.at_least);
}

}  // namespace carecard::rules
