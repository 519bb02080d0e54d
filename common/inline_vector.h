#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "common/check.h"

namespace carecard {

/// At most `count_max` values, stored in place: no allocation. Pushing past the end is a bug and
/// aborts, so every caller checks the limit first and refuses in its own words.
template <class T, std::size_t count_max>
class InlineVector {
   public:
    static constexpr std::size_t capacity = count_max;

    constexpr void push_back(const T& value) {
        CHECK(size_ < count_max);
        items_[size_++] = value;
    }
    constexpr void clear() { size_ = 0; }

    [[nodiscard]] constexpr std::size_t size() const { return size_; }
    [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
    [[nodiscard]] constexpr bool full() const { return size_ == count_max; }
    constexpr T& operator[](std::size_t index) {
        CHECK(index < size_);
        return items_[index];
    }
    constexpr const T& operator[](std::size_t index) const {
        CHECK(index < size_);
        return items_[index];
    }
    constexpr T* begin() { return items_.data(); }
    constexpr T* end() { return items_.data() + size_; }
    constexpr const T* begin() const { return items_.data(); }
    constexpr const T* end() const { return items_.data() + size_; }

    friend constexpr bool operator==(const InlineVector& a, const InlineVector& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

   private:
    std::array<T, count_max> items_{};
    std::size_t size_ = 0;
};

}  // namespace carecard
