#include "services/journal/random.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "common/check.h"

namespace carecard::journal {
namespace {

struct Pool {
    std::array<std::byte, 4096> bytes;
    std::size_t used = sizeof(bytes);
};

void draw(std::span<std::byte> out) {
    auto* const bytes = reinterpret_cast<unsigned char*>(out.data());
    CHECK(RAND_bytes(bytes, static_cast<int>(out.size())) == 1);
}

}  // namespace

void fill_random(std::span<std::byte> out) {
    thread_local Pool pool;
    while (!out.empty()) {
        if (pool.used == pool.bytes.size()) {
            draw(pool.bytes);
            pool.used = 0;
        }
        const std::size_t count = std::min(out.size(), pool.bytes.size() - pool.used);
        const std::span<std::byte> taken = std::span(pool.bytes).subspan(pool.used, count);
        std::ranges::copy(taken, out.begin());
        OPENSSL_cleanse(taken.data(), taken.size());
        pool.used += count;
        out = out.subspan(count);
    }
}

Secret random_secret(std::size_t size) {
    Secret secret(size);
    auto* const bytes = reinterpret_cast<unsigned char*>(secret.writable().data());
    CHECK(RAND_priv_bytes(bytes, static_cast<int>(size)) == 1);
    return secret;
}

VaultKeyId random_vault_key_id() {
    VaultKeyId id;
    fill_random(id.bytes);
    return id;
}

}  // namespace carecard::journal
