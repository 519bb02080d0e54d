#include "services/sequencer/request_keys.h"

#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

#include "common/check.h"
#include "common/limits.h"
#include "services/journal/little_endian.h"
#include "services/journal/values.h"

namespace carecard::sequencer {
namespace {

constexpr std::size_t slots_min = 1'024;

void update(EVP_MAC_CTX* hash, std::string_view text) {
    CHECK(EVP_MAC_update(hash, reinterpret_cast<const unsigned char*>(text.data()), text.size()) ==
          1);
}

EVP_MAC_CTX* new_keyed_hash(const Secret& key) {
    CHECK(key.size() == Fingerprints::key_bytes);
    EVP_MAC* algorithm = EVP_MAC_fetch(nullptr, "SIPHASH", nullptr);
    CHECK(algorithm != nullptr);
    EVP_MAC_CTX* hash = EVP_MAC_CTX_new(algorithm);
    EVP_MAC_free(algorithm);
    CHECK(hash != nullptr);
    std::size_t size = sizeof(std::uint64_t);
    const std::array<OSSL_PARAM, 2> params{OSSL_PARAM_construct_size_t("size", &size),
                                           OSSL_PARAM_construct_end()};
    CHECK(EVP_MAC_init(hash, reinterpret_cast<const unsigned char*>(key.bytes().data()), key.size(),
                       params.data()) == 1);
    return hash;
}

/// The command without what the service puts in anew at each attempt.
template <class C>
decltype(auto) as_sent(const C& command) {
    if constexpr (requires { command.vault_key; }) {
        C sent = command;
        sent.vault_key = {};
        return sent;
    } else if constexpr (requires { command.seen; }) {
        C sent = command;
        sent.seen = {};
        return sent;
    } else {
        return (command);
    }
}

void append(std::string_view text, std::vector<std::byte>& out) {
    journal::append_little_endian(out, static_cast<std::uint16_t>(text.size()));
    const auto bytes = std::as_bytes(std::span(text));
    out.insert(out.end(), bytes.begin(), bytes.end());
}

template <class C>
void encode(const C& command, std::vector<std::byte>& out) {
    out.resize(journal::bytes_max<C>());
    journal::Writer writer(out.data());
    journal::write(writer, command);
    out.resize(static_cast<std::size_t>(writer.at() - out.data()));
    rules::visit_free_text(command, [&out](const auto& text) { append(text.view(), out); });
}

}  // namespace

void FingerprintTable::insert(std::uint64_t fingerprint, Sequence sequence) {
    CHECK(sequence.value != 0);
    if (slots_.empty() || (size_ + 1) * 4 > slots_.size() * 3) grow();
    std::size_t at = home(fingerprint);
    while (slots_[at].sequence != 0) at = next(at);
    slots_[at] = {.fingerprint = fingerprint, .sequence = sequence.value};
    ++size_;
}

void FingerprintTable::erase(std::uint64_t fingerprint, Sequence sequence) {
    if (slots_.empty()) return;
    std::size_t at = home(fingerprint);
    while (slots_[at].fingerprint != fingerprint || slots_[at].sequence != sequence.value) {
        if (slots_[at].sequence == 0) return;
        at = next(at);
    }
    // Close the gap: move back every later entry of this run that may stand here.
    for (std::size_t later = next(at); slots_[later].sequence != 0; later = next(later)) {
        const std::size_t wish = home(slots_[later].fingerprint);
        const std::size_t mask = slots_.size() - 1;
        if (((later - wish) & mask) < ((later - at) & mask)) continue;
        slots_[at] = slots_[later];
        at = later;
    }
    slots_[at] = {};
    --size_;
}

void FingerprintTable::grow() {
    std::vector<Slot> old(slots_.empty() ? slots_min : slots_.size() * 2);
    std::swap(old, slots_);
    size_ = 0;
    for (const Slot& slot : old) {
        if (slot.sequence != 0) insert(slot.fingerprint, {slot.sequence});
    }
}

Fingerprints::Fingerprints(const Secret& key) : hash_(new_keyed_hash(key)) {}
Fingerprints::~Fingerprints() { EVP_MAC_CTX_free(hash_); }

std::uint64_t Fingerprints::of(const rules::Request& request) const {
    constexpr std::string_view end("\0", 1);
    CHECK(EVP_MAC_init(hash_, nullptr, 0, nullptr) == 1);
    update(hash_, request.council.view());
    update(hash_, end);
    update(hash_, request.caller.view());
    update(hash_, end);
    update(hash_, request.key.view());
    return finish();
}

std::uint64_t Fingerprints::of(const rules::Command& command) {
    CHECK(EVP_MAC_init(hash_, nullptr, 0, nullptr) == 1);
    std::visit([this](const auto& one) { encode(as_sent(one), buffer_); }, command);
    buffer_.push_back(static_cast<std::byte>(command.index()));
    update(hash_, {reinterpret_cast<const char*>(buffer_.data()), buffer_.size()});
    const std::uint64_t value = finish();
    return value == 0 ? 1 : value;
}

std::uint64_t Fingerprints::finish() const {
    std::uint64_t value = 0;
    std::size_t written = 0;
    CHECK(EVP_MAC_final(hash_, reinterpret_cast<unsigned char*>(&value), &written, sizeof value) ==
          1);
    CHECK(written == sizeof value);
    return value;
}

bool RequestKeys::has_room() const { return table_.size() < request_keys_max; }

void RequestKeys::insert(std::uint64_t fingerprint, Sequence sequence, TimestampNs now) {
    const TimestampNs until = now + request_window;
    if (blocks_.empty() || blocks_.back().until + minutes(1) < until) {
        blocks_.push_back({.until = until, .entries = {}});
    }
    // The last to come decides for the whole block: a key is kept a minute longer, never shorter.
    blocks_.back().entries.push_back({.fingerprint = fingerprint, .sequence = sequence});
    table_.insert(fingerprint, sequence);
}

void RequestKeys::expire(TimestampNs now) {
    while (!blocks_.empty() && blocks_.front().until + minutes(1) < now) {
        for (const Entry& entry : blocks_.front().entries) {
            table_.erase(entry.fingerprint, entry.sequence);
        }
        blocks_.pop_front();
    }
}

}  // namespace carecard::sequencer
