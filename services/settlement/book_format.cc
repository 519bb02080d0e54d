#include "services/settlement/book_format.h"

#include <algorithm>
#include <limits>
#include <span>

#include "common/check.h"
#include "common/sha256.h"
#include "services/journal/wire.h"

namespace carecard::settlement {
namespace {

enum class Kind : char {
    cursor = 1,
    programme = 2,
    account = 3,
    card = 4,
    event = 5,
    batch = 6,
    kept = 7,
    fork = 8,
};

template <class Number>
void append_big_endian(std::string& key, Number number) {
    for (std::size_t index = sizeof number; index-- > 0;) {
        key += static_cast<char>((number >> (8 * index)) & 0xff);
    }
}

std::uint64_t big_endian(std::string_view digits) {
    std::uint64_t number = 0;
    for (const char digit : digits) number = (number << 8) | static_cast<std::uint8_t>(digit);
    return number;
}

std::string key(Kind kind) { return {static_cast<char>(kind)}; }

std::string key(Kind kind, std::uint32_t number) {
    std::string result = key(kind);
    append_big_endian(result, number);
    return result;
}

KeyRange all_of(Kind kind) {
    return {.from = key(kind), .to = {static_cast<char>(static_cast<char>(kind) + 1)}};
}

void put(std::string& out, std::uint64_t number) {
    std::byte bytes[journal::varint_bytes_max<std::uint64_t>];
    journal::Writer writer(bytes);
    writer.varint(number);
    out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(writer.at() - bytes));
}

void put(std::string& out, AmountMinor amount) { put(out, journal::zigzag(amount.value)); }

void put(std::string& out, const Hash32& hash) {
    out.append(reinterpret_cast<const char*>(hash.data()), hash.size());
}

template <std::size_t bytes_max>
void put(std::string& out, const InlineText<bytes_max>& text) {
    put(out, text.view().size());
    out += text.view();
}

/// Reads a value member by member; `whole` is true when all were there and nothing is left.
class Input {
   public:
    explicit Input(std::string_view value) : reader_(bytes_of(value)) {}

    template <class Number>
    void number(Number& value) {
        ok_ = ok_ && reader_.varint(value, std::numeric_limits<Number>::max());
    }
    void amount(AmountMinor& amount) {
        std::uint64_t bits = 0;
        number(bits);
        amount.value = journal::unzigzag(bits);
    }
    void hash(Hash32& hash) {
        std::span<const std::byte> bytes;
        ok_ = ok_ && reader_.take(hash.size(), bytes);
        if (ok_) std::ranges::copy(bytes, hash.begin());
    }
    template <std::size_t bytes_max>
    void text(InlineText<bytes_max>& text) {
        std::uint64_t size = 0;
        number(size);
        const std::string_view taken = take(static_cast<std::size_t>(size));
        const auto fitting = InlineText<bytes_max>::from(taken);
        ok_ = ok_ && fitting.has_value();
        if (ok_) text = *fitting;
    }
    [[nodiscard]] std::string_view rest() { return take(reader_.left()); }
    [[nodiscard]] bool whole() const { return ok_ && reader_.left() == 0; }

   private:
    std::string_view take(std::size_t size) {
        std::span<const std::byte> bytes;
        ok_ = ok_ && reader_.take(size, bytes);
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

    journal::Reader reader_;
    bool ok_ = true;
};

}  // namespace

std::string cursor_key() { return key(Kind::cursor); }
std::string key_of(ProgrammeId id) { return key(Kind::programme, id.value); }
std::string key_of(AccountId id) { return key(Kind::account, id.value); }
std::string key_of(CardId id) { return key(Kind::card, id.value); }

std::string event_key(ProgrammeId programme, Sequence sequence) {
    std::string result = key(Kind::event, programme.value);
    append_big_endian(result, sequence.value);
    return result;
}

std::string batch_key(ProgrammeId programme, std::uint32_t number) {
    std::string result = key(Kind::batch, programme.value);
    append_big_endian(result, number);
    return result;
}

std::string kept_key(std::string_view code, std::uint32_t number) {
    std::string result = key(Kind::kept);
    result += code;
    result += '\0';
    append_big_endian(result, number);
    return result;
}

std::string fork_key(ProgrammeId id) { return key(Kind::fork, id.value); }

KeyRange all_programmes() { return all_of(Kind::programme); }
KeyRange all_accounts() { return all_of(Kind::account); }
KeyRange all_cards() { return all_of(Kind::card); }
KeyRange all_batches() { return all_of(Kind::batch); }
KeyRange all_kept() { return all_of(Kind::kept); }
KeyRange all_forks() { return all_of(Kind::fork); }

std::vector<KeyRange> all_made_anew() {
    return {all_of(Kind::cursor), all_of(Kind::programme), all_of(Kind::account),
            all_of(Kind::card),   all_of(Kind::event),     all_of(Kind::batch),
            all_of(Kind::fork)};
}

KeyRange events_between(ProgrammeId programme, Sequence first, Sequence last) {
    return {.from = event_key(programme, first), .to = event_key(programme, {last.value + 1})};
}

ProgrammeId programme_of_key(std::string_view key) {
    CHECK(key.size() >= 5);
    return {static_cast<std::uint32_t>(big_endian(key.substr(1, 4)))};
}

Sequence sequence_of_key(std::string_view key) {
    CHECK(key.size() == 13);
    return {big_endian(key.substr(5))};
}

std::string encode(const Cursor& row) {
    std::string value;
    put(value, book_version);
    put(value, row.head.epoch.value);
    put(value, row.head.sequence.value);
    put(value, row.head.chain);
    put(value, row.applied.value);
    put(value, static_cast<std::uint64_t>(row.clock));
    return value;
}

std::string encode(const ProgrammeRow& row) {
    std::string value;
    put(value, row.code);
    put(value, row.council);
    put(value, row.currency.value);
    return value;
}

std::string encode(const AccountRow& row) {
    std::string value;
    put(value, row.programme.value);
    put(value, row.reference);
    put(value, static_cast<std::uint64_t>(row.arrangement));
    put(value, row.opened.value);
    put(value, row.closed.value);
    put(value, row.position.balance);
    put(value, row.position.held);
    put(value, row.position.exposure);
    return value;
}

std::string encode(const CardRow& row) {
    std::string value;
    put(value, row);
    return value;
}

std::string encode(const ClosedBatch& row) {
    std::string value;
    put(value, row.closed_sequence.value);
    put(value, journal::zigzag(row.closed_at.value));
    put(value, row.signature_digest.size);
    put(value, row.signature_digest.sha256);
    return value + render(row.manifest);
}

std::optional<std::uint8_t> version_of_book(std::string_view cursor) {
    if (cursor.empty()) return std::nullopt;
    return static_cast<std::uint8_t>(cursor[0]);
}

std::string encode_kept(const ClosedBatch& row) {
    std::string value;
    put(value, std::uint64_t{row.lost});
    return value + encode(row);
}

std::string encode(const Fork& row) {
    std::string value;
    put(value, row.restored_to.value);
    put(value, row.lost_first);
    put(value, row.lost_last);
    return value;
}

std::optional<Cursor> decode_cursor(std::string_view value) {
    Input input(value);
    std::uint8_t version = 0;
    std::uint8_t clock = 0;
    Cursor row;
    input.number(version);
    input.number(row.head.epoch.value);
    input.number(row.head.sequence.value);
    input.hash(row.head.chain);
    input.number(row.applied.value);
    input.number(clock);
    constexpr auto first = static_cast<std::uint8_t>(ClockKind::system);
    constexpr auto last = static_cast<std::uint8_t>(ClockKind::simulated);
    if (!input.whole() || version != book_version) return std::nullopt;
    if (clock < first || clock > last) return std::nullopt;
    row.clock = static_cast<ClockKind>(clock);
    return row;
}

std::optional<ProgrammeRow> decode_programme(std::string_view value) {
    Input input(value);
    ProgrammeRow row;
    input.text(row.code);
    input.text(row.council);
    input.number(row.currency.value);
    if (!input.whole()) return std::nullopt;
    return row;
}

std::optional<AccountRow> decode_account(std::string_view value) {
    Input input(value);
    AccountRow row;
    std::uint8_t arrangement = 0;
    input.number(row.programme.value);
    input.text(row.reference);
    input.number(arrangement);
    input.number(row.opened.value);
    input.number(row.closed.value);
    input.amount(row.position.balance);
    input.amount(row.position.held);
    input.amount(row.position.exposure);
    constexpr auto last = static_cast<std::uint8_t>(rules::Arrangement::skills_account);
    if (!input.whole() || arrangement == 0 || arrangement > last) return std::nullopt;
    row.arrangement = static_cast<rules::Arrangement>(arrangement);
    return row;
}

std::optional<CardRow> decode_card(std::string_view value) {
    Input input(value);
    CardRow row;
    input.text(row);
    if (!input.whole()) return std::nullopt;
    return row;
}

std::optional<ClosedBatch> decode_batch(std::string_view value) {
    Input input(value);
    ClosedBatch row;
    std::uint64_t closed_at = 0;
    input.number(row.closed_sequence.value);
    input.number(closed_at);
    input.number(row.signature_digest.size);
    input.hash(row.signature_digest.sha256);
    const std::string_view text = input.rest();
    const Result<Manifest> manifest = parse_manifest(text);
    if (!input.whole() || !manifest) return std::nullopt;
    row.closed_at.value = journal::unzigzag(closed_at);
    row.manifest = *manifest;
    row.manifest_digest = {.size = text.size(), .sha256 = sha256(bytes_of(text))};
    return row;
}

std::optional<ClosedBatch> decode_kept(std::string_view value) {
    if (value.empty() || value.front() < 0 || value.front() > 1) return std::nullopt;
    std::optional<ClosedBatch> row = decode_batch(value.substr(1));
    if (row) row->lost = value.front() == 1;
    return row;
}

std::optional<Fork> decode_fork(std::string_view value) {
    Input input(value);
    Fork row;
    input.number(row.restored_to.value);
    input.number(row.lost_first);
    input.number(row.lost_last);
    if (!input.whole()) return std::nullopt;
    return row;
}

}  // namespace carecard::settlement
