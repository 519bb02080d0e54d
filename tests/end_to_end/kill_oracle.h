#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace carecard::end_to_end {

enum class AskKind : char {
    load = 'L',
    authorise = 'A',
    reverse = 'R',
    present = 'P',
    refund = 'C'
};

/// What was asked of the service, in enough detail to ask it again.
struct Ask {
    std::string key;
    AskKind kind = AskKind::authorise;
    unsigned card = 0;
    std::int64_t pence = 0;  ///< 0 of a reversal.
    std::string original;    ///< Authorisation id; empty of a load and an authorisation.
};

/// What came back.
struct Answered {
    std::string event_id;
    std::string code;  ///< Authorisation code.
    bool declined = false;
    std::int64_t pence = 0;     ///< Approved, released, cleared or loaded.
    std::int64_t exposure = 0;  ///< Of a refund: what it made good.
    std::int64_t decided_ns = 0;
    friend bool operator==(const Answered&, const Answered&) = default;
};

/// What one account must look like by the answers given.
struct Expected {
    std::int64_t available = 0;
    std::int64_t held = 0;
    std::int64_t exposure = 0;
    std::set<std::string> events;
};

/// Remembers, outside the service and in a file of its own, every request before it is sent and
/// every answer after it came: on the disk before `note` returns. Any thread may note.
class Oracle {
   public:
    explicit Oracle(const std::string& path);
    ~Oracle();
    Oracle(const Oracle&) = delete;
    Oracle& operator=(const Oracle&) = delete;

    void note(const Ask& ask);
    void note(const std::string& key, const Answered& answered);

    struct Entry {
        Ask ask;
        std::optional<Answered> answered;  ///< Nothing: in doubt.
    };
    /// Reads the file back, in the order of asking.
    [[nodiscard]] std::vector<Entry> entries() const;

   private:
    void write(const std::string& line);

    const std::string path_;
    std::mutex mutex_;  // one line at a time
    int file_;
};

/// Adds the answers up, by card.
[[nodiscard]] std::map<unsigned, Expected> add_up(const std::vector<Oracle::Entry>& entries);

}  // namespace carecard::end_to_end
