#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "common/id.h"
#include "common/secret.h"
#include "common/time.h"
#include "rules/command.h"

typedef struct evp_mac_ctx_st EVP_MAC_CTX;

namespace carecard::sequencer {

/// From a 64-bit fingerprint to the sequences recorded under it, 16 bytes an entry: open
/// addressing with linear probing, no tombstones. A fingerprint may stand more than once.
class FingerprintTable {
   public:
    void insert(std::uint64_t fingerprint, Sequence sequence);
    void erase(std::uint64_t fingerprint, Sequence sequence);
    [[nodiscard]] std::size_t size() const { return size_; }

    /// Calls `visit(Sequence)` for each entry of `fingerprint` until it returns true.
    template <class Visit>
    void find(std::uint64_t fingerprint, Visit visit) const {
        if (slots_.empty()) return;
        for (std::size_t at = home(fingerprint); slots_[at].sequence != 0; at = next(at)) {
            if (slots_[at].fingerprint == fingerprint && visit(Sequence{slots_[at].sequence})) {
                return;
            }
        }
    }

   private:
    struct Slot {
        std::uint64_t fingerprint = 0;
        std::uint64_t sequence = 0;  ///< 0: empty
    };
    [[nodiscard]] std::size_t home(std::uint64_t fingerprint) const {
        return fingerprint & (slots_.size() - 1);
    }
    [[nodiscard]] std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }
    void grow();

    std::vector<Slot> slots_;  // a power of two, at most three quarters full
    std::size_t size_ = 0;
};

/// Keyed hashes (SipHash-2-4), so that no caller can make two meet, and nothing can be learnt from
/// one. One thread.
class Fingerprints {
   public:
    /// @param key  16 bytes. The same key gives the same fingerprints, at every start.
    explicit Fingerprints(const Secret& key);
    ~Fingerprints();
    Fingerprints(const Fingerprints&) = delete;
    Fingerprints& operator=(const Fingerprints&) = delete;

    static constexpr std::size_t key_bytes = 16;
    /// For which their key is derived from the master key (journal/derive_key.h).
    static constexpr const char* key_purpose = "carecard request-key fingerprints";

    /// Of council, caller and request key; equal ones are told apart by the recorded event. The
    /// council is a part because ids of callers repeat: most councils have a "support-1".
    [[nodiscard]] std::uint64_t of(const rules::Request& request) const;

    /// Of all that the caller sent, its request and personal texts included; never 0. A repeat of
    /// a command has the same. Cost: about 0.3 µs for an `Authorise`.
    [[nodiscard]] std::uint64_t of(const rules::Command& command);

   private:
    [[nodiscard]] std::uint64_t finish() const;

    EVP_MAC_CTX* hash_;
    std::vector<std::byte> buffer_;  // one command
};

/// Which requests have been answered within the last `request_window`, by fingerprint. Rebuilt at
/// start-up. The sequencer's thread only.
class RequestKeys {
   public:
    /// Whether one more fits below `request_keys_max`. When not, new requests are refused rather
    /// than old ones forgotten.
    [[nodiscard]] bool has_room() const;

    void insert(std::uint64_t fingerprint, Sequence sequence, TimestampNs now);

    /// Forgets what is older than the window.
    void expire(TimestampNs now);

    template <class Visit>
    void find(std::uint64_t fingerprint, Visit visit) const {
        table_.find(fingerprint, visit);
    }
    [[nodiscard]] std::size_t size() const { return table_.size(); }

   private:
    struct Entry {
        std::uint64_t fingerprint;
        Sequence sequence;
    };
    /// The keys of one minute, which expire together.
    struct Block {
        TimestampNs until;
        std::vector<Entry> entries;
    };

    FingerprintTable table_;
    std::deque<Block> blocks_;
};

}  // namespace carecard::sequencer
