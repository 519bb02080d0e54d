#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/result.h"
#include "rules/event.h"
#include "services/journal/record.h"

namespace carecard::backup {

/// The programmes of a journal and the highest number of a batch of each, folded from its events.
class BatchNumbers {
   public:
    /// Folds the events of the next record.
    Result<Done> fold(const journal::RecordView& record);

    /// @return how many programmes there are.
    [[nodiscard]] std::size_t programmes() const { return programmes_.size(); }

    /// By programme code.
    [[nodiscard]] std::map<std::string, std::uint32_t> by_code() const;

    /// The numbers above ours that are known, of each programme that we have.
    /// @param known  highest numbers, by programme code.
    [[nodiscard]] std::vector<rules::LostBatches> lost(
        const std::map<std::string, std::uint32_t>& known) const;

    /// Codes in `known` that we do not have.
    [[nodiscard]] std::vector<std::string> missing(
        const std::map<std::string, std::uint32_t>& known) const;

   private:
    struct Programme {
        std::string code;
        std::uint32_t number = 0;
    };
    std::vector<Programme> programmes_;  // by id, from 1
};

/// Takes into `known` what is higher in `more`.
void take_higher(std::map<std::string, std::uint32_t>& known,
                 const std::map<std::string, std::uint32_t>& more);

}  // namespace carecard::backup
