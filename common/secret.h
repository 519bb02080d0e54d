#pragma once

#include <openssl/crypto.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <ostream>
#include <span>
#include <utility>

namespace carecard {

/// Bytes that must not outlive their use: a key. Overwritten when destroyed, moved and never
/// copied by accident, and without a printed form.
class Secret {
   public:
    /// Holds nothing.
    Secret() = default;
    /// Holds `size` zero bytes, to be filled through `writable`.
    explicit Secret(std::size_t size) : bytes_(std::make_unique<std::byte[]>(size)), size_(size) {}
    ~Secret() { wipe(); }

    Secret(Secret&& other) noexcept
        : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}
    Secret& operator=(Secret&& other) noexcept {
        if (this == &other) return *this;
        wipe();
        bytes_ = std::move(other.bytes_);
        size_ = std::exchange(other.size_, 0);
        return *this;
    }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;

    /// A second holder of the same bytes. The caller still owns, and cleans, `bytes`.
    [[nodiscard]] static Secret copy_of(std::span<const std::byte> bytes) {
        Secret secret(bytes.size());
        std::ranges::copy(bytes, secret.bytes_.get());
        return secret;
    }

    [[nodiscard]] std::span<const std::byte> bytes() const { return {bytes_.get(), size_}; }
    [[nodiscard]] std::span<std::byte> writable() { return {bytes_.get(), size_}; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }

    friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

   private:
    void wipe() {
        if (bytes_) OPENSSL_cleanse(bytes_.get(), size_);
    }

    std::unique_ptr<std::byte[]> bytes_;
    std::size_t size_ = 0;
};

}  // namespace carecard
