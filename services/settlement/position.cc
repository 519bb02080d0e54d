#include "services/settlement/position.h"

#include <array>
#include <optional>
#include <vector>

#include "services/settlement/csv.h"
#include "services/settlement/text.h"

namespace carecard::settlement {
namespace {

constexpr std::size_t columns = 6;

// By the numbers of rules::Arrangement, from 1.
constexpr std::array<std::string_view, 6> arrangement_names = {
    "direct_payment", "personal_budget", "individual_budget",
    "carers_budget",  "voucher",         "skills_account"};

std::optional<rules::Arrangement> arrangement_from_text(std::string_view text) {
    for (std::size_t index = 0; index < arrangement_names.size(); ++index) {
        if (text == arrangement_names[index]) return static_cast<rules::Arrangement>(index + 1);
    }
    return std::nullopt;
}

std::optional<AccountPosition> position_from(const std::vector<std::string>& row) {
    const auto arrangement = arrangement_from_text(row[1]);
    const auto balance = number_from_text<std::int64_t>(row[2]);
    const auto held = number_from_text<std::int64_t>(row[3]);
    const auto exposure = number_from_text<std::int64_t>(row[5]);
    if (!arrangement || !balance || !held || !exposure) return std::nullopt;
    return AccountPosition{
        .account = row[0],
        .arrangement = *arrangement,
        .position = {.balance = {*balance}, .held = {*held}, .exposure = {*exposure}}};
}

bool possible(const Position& position) {
    constexpr AmountMinor zero;
    return zero <= position.held && position.held <= position.balance &&
           position.balance <= amount_minor_max && zero <= position.exposure &&
           position.exposure <= amount_minor_max;
}

}  // namespace

std::string_view positions_header() {
    return "account,arrangement,balance_minor,held_minor,available_minor,exposure_minor\n";
}

void append_row(std::string& out, std::string_view account, rules::Arrangement arrangement,
                const Position& position) {
    append_field(out, account);
    out += ',';
    out += arrangement_names[static_cast<std::size_t>(arrangement) - 1];
    out += ',';
    append_number(out, position.balance.value);
    out += ',';
    append_number(out, position.held.value);
    out += ',';
    append_number(out, position.balance.value - position.held.value);
    out += ',';
    append_number(out, position.exposure.value);
    out += '\n';
}

Result<Done> parse_positions(std::string_view text, const PositionVisitor& visitor) {
    CsvReader reader(positions_file, text);
    std::vector<std::string> row(columns);
    const Result<CsvReader::Outcome> header = reader.next(row);
    if (!header) return header.fault();
    if (reader.row() != positions_header()) {
        return reader.fault("is not the header of this format");
    }
    std::string one_form;
    while (true) {
        const Result<CsvReader::Outcome> outcome = reader.next(row);
        if (!outcome) return outcome.fault();
        if (*outcome == CsvReader::Outcome::end) return Done{};
        const std::optional<AccountPosition> read = position_from(row);
        if (!read) return reader.fault("has a field that cannot be read");
        if (!possible(read->position)) return reader.fault("has amounts that cannot be");
        one_form.clear();
        append_row(one_form, read->account, read->arrangement, read->position);
        if (one_form != reader.row()) return reader.fault("is not in the one form it may have");
        const Result<Done> visited = visitor(*read);
        if (!visited) return visited.fault();
    }
}

}  // namespace carecard::settlement
