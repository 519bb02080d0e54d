#include "rules/agreement.h"

#include "common/check.h"

namespace carecard::rules {
namespace {

std::bitset<mcc_count> bits_of(const MccRanges& ranges) {
    std::bitset<mcc_count> bits;
    for (const MccRange& range : ranges) {
        CHECK(range.last.value < mcc_count);
        for (unsigned code = range.first.value; code <= range.last.value; ++code) bits.set(code);
    }
    return bits;
}

}  // namespace

CompiledRules::CompiledRules(const SpendingRules& rules) : rules_(rules) {
    if (!rules.mcc_allowed.empty()) allowed_ = bits_of(rules.mcc_allowed);
    refused_ = bits_of(rules.mcc_refused);
}

}  // namespace carecard::rules
