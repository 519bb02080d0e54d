#include "bench/deck.h"

#include <array>
#include <span>
#include <utility>

#include "common/id.h"
#include "common/pan_token.h"

namespace carecard::bench {
namespace {

constexpr std::uint64_t seed = 20'240'603;
constexpr std::uint64_t amount_minor_min = 100;
constexpr std::uint64_t amount_minor_range = 2'000;

/// Writes `number` with leading zeros.
void set_digits(std::uint64_t number, std::size_t digits, std::string& text) {
    text.resize(digits);
    for (std::size_t place = digits; place-- > 0; number /= 10) {
        text[place] = static_cast<char>('0' + number % 10);
    }
}

/// What is alike in all payments.
void set_form(v1::AuthoriseRequest& request) {
    request.set_kind(v1::TRANSACTION_KIND_PURCHASE);
    request.mutable_transaction()->set_currency("GBP");
    request.mutable_billing()->set_currency("GBP");
    request.set_mcc("5411");
    request.set_acquirer("400001");
    request.set_acceptor("GROCER000000001");
    request.set_terminal("T0000001");
    request.mutable_merchant()->set_name("Market Street Grocer");
    request.mutable_merchant()->set_city("Riverdale");
    request.mutable_merchant()->set_country("GB");
    request.set_transmission_time("0603120000");
    request.set_local_date("0603");
    request.set_local_time("130000");
    request.set_entry_mode(v1::ENTRY_MODE_CHIP);
    request.set_channel(v1::CHANNEL_POINT_OF_SALE);
}

}  // namespace

std::vector<std::string> make_card_tokens(std::size_t count) {
    std::mt19937_64 random(seed);
    std::vector<std::string> tokens;
    tokens.reserve(count);
    for (std::size_t made = 0; made < count; ++made) {
        CardToken token{.key_id = 1};
        for (std::byte& byte : token.mac) byte = static_cast<std::byte>(random());
        tokens.push_back(to_text(token));
    }
    return tokens;
}

Deck::Deck(std::vector<std::string> card_tokens, std::string_view run_id)
    : card_tokens_(std::move(card_tokens)), run_id_(run_id), random_(seed) {}

void Deck::deal(v1::AuthoriseRequest& request) {
    if (request.mcc().empty()) set_form(request);
    const std::uint64_t number = ++dealt_;
    const std::uint64_t chance = random_();
    const auto amount = static_cast<std::int64_t>(amount_minor_min + chance % amount_minor_range);
    request.set_card_token(card_tokens_[(chance >> 16U) % card_tokens_.size()]);
    request.mutable_transaction()->set_minor_units(amount);
    request.mutable_billing()->set_minor_units(amount);
    set_digits(number % 999'999 + 1, 6, *request.mutable_stan());
    set_digits(number, 12, *request.mutable_rrn());
    set_digits(number, 15, *request.mutable_network_transaction_id());
    std::string& key = *request.mutable_request_key();
    key.assign(run_id_).append(1, '-').append(request.rrn());
}

}  // namespace carecard::bench
