#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>

#include "common/id.h"
#include "common/result.h"

namespace carecard::settlement {

/// Places for calls that hold a thread for long, so that they cannot take all of them, nor one
/// council those of the others. Safe on any thread.
class Slots {
   public:
    struct Limits {
        std::size_t all_max = 0;
        std::size_t council_max = 0;
    };
    explicit Slots(const Limits& limits) : limits_(limits) {}

    /// A place, given back when the object goes.
    class Held {
       public:
        Held(Held&& other) noexcept
            : slots_(std::exchange(other.slots_, nullptr)), council_(other.council_) {}
        ~Held() {
            if (slots_ != nullptr) slots_->give_back(council_);
        }
        Held(const Held&) = delete;
        Held& operator=(const Held&) = delete;
        Held& operator=(Held&&) = delete;

       private:
        friend class Slots;
        Held(Slots& slots, const CouncilCode& council) : slots_(&slots), council_(council) {}

        Slots* slots_;
        CouncilCode council_;
    };

    /// @param council  the caller's; empty for a caller of every council, who counts as one more.
    /// @param what     for the fault, in the plural, e.g. "downloads".
    /// @return a place; `overloaded` when all, or all of the council's, are taken.
    [[nodiscard]] Result<Held> take(const CouncilCode& council, std::string_view what);

   private:
    void give_back(const CouncilCode& council);

    const Limits limits_;
    std::mutex mutex_;  // guards both below
    std::size_t taken_ = 0;
    std::map<CouncilCode, std::size_t> taken_by_;
};

}  // namespace carecard::settlement
