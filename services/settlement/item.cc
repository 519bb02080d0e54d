#include "services/settlement/item.h"

#include <array>
#include <vector>

#include "common/check.h"
#include "common/sha256.h"
#include "services/settlement/csv.h"
#include "services/settlement/text.h"

namespace carecard::settlement {
namespace {

constexpr std::size_t columns = 17;

constexpr std::array<std::string_view, rules::matched_by_last + 1> matched_by_names = {
    "nothing", "authorisation_id",   "request_key",     "network_transaction_id",
    "trace",   "authorisation_code", "local_reference", "presentment_id"};

std::string_view name_of(ItemKind kind) {
    switch (kind) {
        case ItemKind::load:
            return "load";
        case ItemKind::debit:
            return "debit";
        case ItemKind::credit:
            return "credit";
        case ItemKind::returned:
            return "returned";
        case ItemKind::owed:
            return "owed";
        case ItemKind::write_off:
            return "write_off";
        case ItemKind::exposure_recovery:
            return "exposure_recovery";
        case ItemKind::write_off_repaid:
            return "write_off_repaid";
        case ItemKind::council_payment:
            return "council_payment";
        case ItemKind::provisional_credit:
            return "provisional_credit";
        case ItemKind::provisional_debit:
            return "provisional_debit";
        case ItemKind::dispute_repaid:
            return "dispute_repaid";
        case ItemKind::dispute_paid_back:
            return "dispute_paid_back";
    }
    CHECK(false);
}

void append_mcc(std::string& out, std::uint16_t mcc) {
    std::string digits;
    append_number(digits, mcc);
    out.append(digits.size() < 4 ? 4 - digits.size() : 0, '0');
    out += digits;
}

/// Reads the fields of one row in order. After the first that cannot be read, `bad` names it and
/// what follows is of no use.
class Fields {
   public:
    explicit Fields(const std::vector<std::string>& fields) : fields_(fields) {}

    const std::string& text() { return fields_[next_++]; }

    template <class Value, class Parse>
    void read(const char* name, Value& value, Parse parse) {
        const std::optional<Value> parsed = parse(text());
        if (parsed) {
            value = *parsed;
        } else if (bad_ == nullptr) {
            bad_ = name;
        }
    }

    void amount(const char* name, AmountMinor& value) {
        read(name, value, [](const std::string& text) -> std::optional<AmountMinor> {
            const auto number = number_from_text<std::int64_t>(text);
            if (!number || *number > amount_minor_max.value || *number < -amount_minor_max.value) {
                return std::nullopt;
            }
            return AmountMinor{*number};
        });
    }

    [[nodiscard]] const char* bad() const { return bad_; }

   private:
    const std::vector<std::string>& fields_;
    std::size_t next_ = 0;
    const char* bad_ = nullptr;
};

std::optional<ItemKind> kind_from_text(std::string_view text) {
    for (const ItemKind kind : item_kinds) {
        if (text == name_of(kind)) return kind;
    }
    return std::nullopt;
}

std::optional<rules::MatchedBy> matched_by_from_text(std::string_view text) {
    for (std::size_t index = 0; index < matched_by_names.size(); ++index) {
        if (text == matched_by_names[index]) return static_cast<rules::MatchedBy>(index);
    }
    return std::nullopt;
}

/// Reads the fields that the item's kind has; the others must be empty, which the comparison with
/// the row's one form sees to.
Item item_from(const std::vector<std::string>& row, const char*& bad) {
    Fields fields(row);
    Item item;
    fields.read("sequence", item.sequence.value, number_from_text<std::uint64_t>);
    fields.read("time", item.time, time_from_text);
    fields.read("kind", item.kind, kind_from_text);
    const bool of_a_card = is_presentment(item.kind);
    item.account = fields.text();
    item.card_last_four = fields.text();
    if (names_authorisation(item.kind)) {
        fields.read("authorisation_id", item.authorisation, authorisation_id_from_text);
    } else {
        fields.text();
    }
    item.reference = fields.text();
    if (of_a_card) {
        fields.read("matched_by", item.matched_by, matched_by_from_text);
        fields.read("mcc", item.mcc, number_from_text<std::uint16_t>);
    } else {
        fields.text();
        fields.text();
    }
    fields.amount("amount_minor", item.amount);
    item.currency = fields.text();
    if (of_a_card) {
        fields.amount("transaction_amount_minor", item.transaction_amount);
        item.transaction_currency = fields.text();
    } else {
        fields.text();
        fields.text();
    }
    fields.amount("balance_effect_minor", item.balance_effect);
    fields.amount("exposure_minor", item.exposure);
    fields.amount("recovered_minor", item.recovered);
    fields.read("leaf", item.leaf, hash_from_hex);
    bad = fields.bad();
    return item;
}

/// @return what is contradictory about the item's amounts, or null.
const char* contradiction_in(const Item& item) {
    constexpr AmountMinor zero;
    const bool of_a_card = is_presentment(item.kind);
    if (item.amount <= zero) return "has an amount that is not above zero";
    if (!of_a_card && !item.card_last_four.empty()) return "has a card, and its kind has none";
    if (of_a_card && item.transaction_amount <= zero) {
        return "has a transaction amount that is not above zero";
    }
    if (item.exposure < zero || item.exposure > item.amount ||
        (!may_expose(item.kind) && item.exposure != zero)) {
        return "has an exposure that its kind or amount does not allow";
    }
    if (item.recovered < zero || item.recovered > item.amount ||
        (item.kind != ItemKind::credit && item.recovered != zero)) {
        return "has a recovered amount that its kind or amount does not allow";
    }
    if (item.balance_effect != effect_of(item)) {
        return "has an effect on the balance that does not follow from its amounts";
    }
    return nullptr;
}

}  // namespace

AmountMinor effect_of(const Item& item) {
    switch (item.kind) {
        case ItemKind::load:
        case ItemKind::provisional_credit:
            return item.amount;
        case ItemKind::debit:
        case ItemKind::provisional_debit:
            return {item.exposure.value - item.amount.value};
        case ItemKind::credit:
            return {item.amount.value - item.recovered.value};
        case ItemKind::write_off:
        case ItemKind::write_off_repaid:
        case ItemKind::dispute_repaid:
        case ItemKind::dispute_paid_back:
            return {};
        case ItemKind::returned:
        case ItemKind::owed:
        case ItemKind::exposure_recovery:
        case ItemKind::council_payment:
            return -item.amount;
    }
    CHECK(false);
}

AmountMinor resolved_by(const Item& item) {
    switch (item.kind) {
        case ItemKind::write_off:
        case ItemKind::exposure_recovery:
        case ItemKind::dispute_paid_back:
            return item.amount;
        case ItemKind::write_off_repaid:
        case ItemKind::dispute_repaid:
            return -item.amount;
        case ItemKind::load:
        case ItemKind::debit:
        case ItemKind::credit:
        case ItemKind::returned:
        case ItemKind::owed:
        case ItemKind::council_payment:
        case ItemKind::provisional_credit:
        case ItemKind::provisional_debit:
            return {};
    }
    CHECK(false);
}

std::string_view items_header() {
    return "sequence,time,kind,account,card_last_four,authorisation_id,reference,matched_by,mcc,"
           "amount_minor,currency,transaction_amount_minor,transaction_currency,"
           "balance_effect_minor,exposure_minor,recovered_minor,leaf\n";
}

void append_row(std::string& out, const Item& item) {
    const bool of_a_card = is_presentment(item.kind);
    append_number(out, item.sequence.value);
    out += ',';
    append_time(out, item.time);
    out += ',';
    out += name_of(item.kind);
    out += ',';
    append_field(out, item.account);
    out += ',';
    append_field(out, item.card_last_four);
    out += ',';
    if (names_authorisation(item.kind)) append_authorisation_id(out, item.authorisation);
    out += ',';
    append_field(out, item.reference);
    out += ',';
    if (of_a_card) out += matched_by_names[static_cast<std::size_t>(item.matched_by)];
    out += ',';
    if (of_a_card) append_mcc(out, item.mcc);
    out += ',';
    append_number(out, item.amount.value);
    out += ',';
    append_field(out, item.currency);
    out += ',';
    if (of_a_card) append_number(out, item.transaction_amount.value);
    out += ',';
    append_field(out, item.transaction_currency);
    out += ',';
    append_number(out, item.balance_effect.value);
    out += ',';
    append_number(out, item.exposure.value);
    out += ',';
    append_number(out, item.recovered.value);
    out += ',';
    out += to_hex(item.leaf);
    out += '\n';
}

Result<Done> parse_items(std::string_view text, const ItemVisitor& visitor) {
    CsvReader reader(items_file, text);
    std::vector<std::string> row(columns);
    const Result<CsvReader::Outcome> header = reader.next(row);
    if (!header) return header.fault();
    if (reader.row() != items_header()) return reader.fault("is not the header of this format");
    std::string one_form;
    while (true) {
        const Result<CsvReader::Outcome> outcome = reader.next(row);
        if (!outcome) return outcome.fault();
        if (*outcome == CsvReader::Outcome::end) return Done{};
        const char* bad = nullptr;
        const Item item = item_from(row, bad);
        if (bad != nullptr) return reader.fault(std::string("has no readable ") + bad);
        one_form.clear();
        append_row(one_form, item);
        if (one_form != reader.row()) return reader.fault("is not in the one form it may have");
        if (const char* const problem = contradiction_in(item)) return reader.fault(problem);
        const Result<Done> visited = visitor(item);
        if (!visited) return visited.fault();
    }
}

}  // namespace carecard::settlement
