#include "services/cli/simulate/totals.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>

#include "services/cli/table.h"
#include "services/cli/words.h"

namespace carecard::cli::simulate {
namespace {

/// Sums of a run fit: payment_rows_max times transaction_minor_max is below 2^63.
std::int64_t minor(const Tally& tally) { return static_cast<std::int64_t>(tally.sum.value); }

std::string grouped(std::uint64_t number) {
    const std::string digits = std::to_string(number);
    std::string text;
    for (std::size_t at = 0; at < digits.size(); ++at) {
        if (at > 0 && (digits.size() - at) % 3 == 0) text += ',';
        text += digits[at];
    }
    return text;
}

void must_equal(std::vector<std::string>& found, std::string_view left_name, const Tally& left,
                std::string_view right_name, const Tally& right) {
    if (left == right) return;
    found.push_back(fmt::format("{} are {} of {} minor units, but {} are {} of {}", left_name,
                                left.count, minor(left), right_name, right.count, minor(right)));
}

}  // namespace

std::vector<std::string> disagreements(const Totals& totals) {
    std::vector<std::string> found = totals.surprises;
    Tally decided = totals.approved;
    decided.count += totals.declined.count;
    decided.sum.value += totals.declined.sum.value;
    must_equal(found, "payments offered", totals.offered, "those approved and declined", decided);
    must_equal(found, "payments approved", totals.approved, "those cleared", totals.cleared);
    must_equal(found, "payments cleared", totals.cleared, "the batches' debits",
               totals.batch_debits);
    must_equal(found, "refunds", totals.refunded, "the batches' credits", totals.batch_credits);
    must_equal(found, "loads", totals.loaded_in_batches, "the batches' loads", totals.batch_loads);
    if (totals.verified != totals.batches) {
        found.push_back(fmt::format("{} batches were closed, but {} verified", totals.batches,
                                    totals.verified));
    }
    return found;
}

std::string render(const Totals& totals, CurrencyCode currency) {
    Table table({{"what"}, {"count", Align::right}, {"amount", Align::right}, {"remark"}});
    const auto add = [&](std::string what, const Tally& tally, std::string remark) {
        table.add({std::move(what), grouped(tally.count),
                   money_of(AmountMinor{minor(tally)}, currency), std::move(remark)});
    };
    add("loaded", totals.loaded, "");
    add("offered", totals.offered, "");
    add("approved", totals.approved, "");
    add("declined", totals.declined, "");
    for (const auto& [reason, tally] : totals.declined_by) add("  " + reason, tally, "");
    add("cleared", totals.cleared, totals.cleared == totals.approved ? "= approved" : "≠ approved");
    add("refunded", totals.refunded, "");
    table.add_rule();
    add("batches: loads", totals.batch_loads,
        totals.batch_loads == totals.loaded_in_batches ? "= loaded" : "≠ loaded");
    add("batches: debits", totals.batch_debits,
        totals.batch_debits == totals.cleared ? "= cleared" : "≠ cleared");
    add("batches: credits", totals.batch_credits,
        totals.batch_credits == totals.refunded ? "= refunded" : "≠ refunded");
    std::string text = table.render();
    text += fmt::format("\n{} batches closed, {} downloaded and verified", grouped(totals.batches),
                        grouped(totals.verified));
    if (totals.skipped > 0) text += fmt::format("; {} rows of zero skipped", totals.skipped);
    text +=
        fmt::format("; {}.{:03} seconds\n", totals.milliseconds / 1000, totals.milliseconds % 1000);
    const std::vector<std::string> wrong = disagreements(totals);
    if (wrong.empty()) {
        text += "The batches agree to the penny with what was offered.\n";
    } else {
        text += fmt::format("IT DOES NOT AGREE:\n  {}\n", fmt::join(wrong, "\n  "));
    }
    return text;
}

std::string to_json(const Totals& totals) {
    nlohmann::ordered_json object;
    const auto add = [&](const std::string& name, const Tally& tally) {
        object[name] = tally.count;
        object[name + "_minor"] = minor(tally);
    };
    add("offered", totals.offered);
    add("approved", totals.approved);
    add("declined", totals.declined);
    add("refunded", totals.refunded);
    add("cleared", totals.cleared);
    nlohmann::ordered_json reasons = nlohmann::ordered_json::object();
    for (const auto& [reason, tally] : totals.declined_by) reasons[reason] = tally.count;
    object["declined_by"] = std::move(reasons);
    object["batches"] = totals.batches;
    object["verified"] = totals.verified;
    object["skipped"] = totals.skipped;
    object["seconds"] = static_cast<double>(totals.milliseconds) / 1000;
    return object.dump();
}

}  // namespace carecard::cli::simulate
