#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/rules/state_summary.h"
#include "tests/sequencer/machine.h"

namespace carecard::sequencer {

inline std::string summary(const rules::State& state) { return rules::StateSummary(state).text(); }

/// A few hundred commands of all kinds, in groups of all sizes.
inline void live(Machine& machine, rules::World& parties, HandClock& clock) {
    std::mt19937_64 random(7);
    std::vector<rules::OriginalReference> originals;
    std::vector<std::shared_ptr<Told>> waiting;
    for (int step = 0; step < 600; ++step) {
        const auto pence = static_cast<std::int64_t>(random() % 900 + 1);
        const auto dice = random() % 100;
        if (dice < 60 || originals.empty()) {
            rules::Authorise payment = parties.pay(pence);
            payment.merchant.name.text = decltype(payment.merchant.name.text)::of("CORNER SHOP");
            waiting.push_back(machine.submit(payment));
        } else if (dice < 70) {
            machine.submit(parties.reverse(originals[random() % originals.size()], 0));
        } else if (dice < 85) {
            machine.submit(parties.present(originals[random() % originals.size()], pence));
        } else if (dice < 90) {
            machine.submit(parties.refund(originals[random() % originals.size()], pence));
        } else {
            machine.submit(parties.load(pence));
        }
        if (random() % 5 != 0) continue;
        clock.pass(hours(static_cast<std::int64_t>(random() % 3)));
        machine.run();
        for (const auto& told : waiting) {
            if (told->event) {
                const auto& decided = told->as<rules::AuthorisationDecided>();
                if (!decided.decline.declined()) {
                    originals.push_back(rules::by_id({told->stamp.epoch, told->stamp.sequence}));
                }
            }
        }
        waiting.clear();
    }
    machine.run();
}

}  // namespace carecard::sequencer
