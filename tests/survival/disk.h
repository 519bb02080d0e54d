#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace carecard::survival {

/// What may be asked of a disk; and the calls of the other ports, which are counted with them. Each
/// is one call.
enum class Operation : unsigned char {
    open,
    create,
    append,
    read,
    sync,
    sync_directory,
    rename,
    remove,
    make_directory,
    look,
    list,
    store,  ///< Into the journal's port, or back out of it.
    reply,  ///< A caller's answer, before it is heard.
};

enum class Trouble : unsigned char {
    io_error,     ///< EIO. An append may have left a part; what a sync was asked for may be gone.
    no_space,     ///< ENOSPC, for this call and every later one that needs room.
    short_write,  ///< Only a part of an append is stored.
    flipped_bit,  ///< One bit of what is stored or read is another; the call succeeds.
};

[[nodiscard]] std::string_view name_of(Operation operation);
[[nodiscard]] std::string_view name_of(Trouble trouble);

/// Whether `trouble` can befall `operation`.
[[nodiscard]] bool can_befall(Trouble trouble, Operation operation);

/// A file or a directory.
struct Node {
    using Entries = std::map<std::string, std::shared_ptr<Node>>;

    std::string made_as;  ///< Its first path.
    bool is_directory = false;
    bool sync_is_ignored = false;
    /// A sync failed: later ones say that they worked, and bring nothing to the disk.
    bool write_back_failed = false;

    std::string bytes;                  // as a reader sees them
    std::size_t synced = 0;             // of these, from the first on, are on the disk
    std::optional<std::string> before;  // on the disk, until a truncation of it is synced

    Entries entries;               // as a reader sees them
    Entries durable;               // on the disk
    std::vector<Entries> changed;  // after each change since then
};

/// A disk in memory that knows what a power cut leaves: what was synced. Of the rest of a file it
/// keeps all, nothing, or a torn part; of the names in a directory that changed since it was
/// synced, the old ones, the new ones, or the first few changes.
///
/// Counts its calls and can be told at which to cut the power or to fail. Paths begin with '/'.
/// Every call gives an errno, 0 when it worked. Any thread.
class Disk {
   public:
    using File = std::shared_ptr<Node>;

    /// @param seed  decides what is left after cuts, and where bits flip.
    explicit Disk(std::uint64_t seed);

    // The calls.

    int open(std::string_view path, File& file);
    /// Makes an empty file, or empties one.
    int create(std::string_view path, File& file);
    /// @param stored  how many bytes were stored: fewer than all only for `short_write`, which is
    ///                no error.
    int append(const File& file, std::string_view bytes, std::size_t& stored);
    /// @param out  as many bytes as there are, at most `count`.
    int read(const File& file, std::size_t offset, std::size_t count, std::string& out);
    int sync(const File& file);  ///< Of a file or a directory.
    int rename(std::string_view from, std::string_view to);
    int remove(std::string_view path);
    int make_directory(std::string_view path);
    struct Seen {
        bool is_directory = false;
        std::size_t bytes = 0;
    };
    int look(std::string_view path, Seen& seen);
    int look(const File& file, Seen& seen);
    int list(std::string_view path, std::vector<std::string>& names);
    /// Counts a call of another port. @return whether the process still runs after it.
    [[nodiscard]] bool passes(Operation operation);

    // What befalls it.

    /// Cuts the power, or ends the process, during the call that comes after `calls` more: which of
    /// the two, `restore_power` or `heal` says then.
    void cut_after(std::uint64_t calls);
    /// Lets `trouble` befall the call that comes after `calls` more, once.
    void trouble_after(std::uint64_t calls, Trouble trouble);
    /// Says yes to syncs of everything below `path` that is made from now on, and does nothing.
    void ignore_syncs_below(std::string path) { ignored_below_ = std::move(path); }
    /// Every call fails from now on and changes nothing: the power is off, or the process ended.
    void stop();
    /// The process ended and another may begin: what was written is there, synced or not.
    void go_on();
    /// The same, and nothing more befalls it: there is room, and neither cut nor trouble to come.
    void heal();
    /// The power returns. Nothing of before may be used: close every file first.
    void restore_power();

    /// Flips one bit of a file, on the disk.
    void flip(std::string_view path, std::size_t byte, unsigned bit);
    /// Shortens a file to its first `bytes`, on the disk.
    void shorten(std::string_view path, std::size_t bytes);

    // What it has seen.

    [[nodiscard]] bool is_stopped() const;
    [[nodiscard]] std::uint64_t calls() const;
    [[nodiscard]] std::vector<Operation> operations() const;
    /// The call that met trouble.
    struct Met {
        Operation operation = Operation::open;
        std::string path;
        std::string text;  ///< For people.
    };
    [[nodiscard]] std::optional<Met> met() const;
    [[nodiscard]] std::vector<std::string> files() const;  ///< Paths of all, sorted.
    [[nodiscard]] std::size_t size_of(std::string_view path) const;
    /// The same files, all of them synced, on another disk.
    [[nodiscard]] std::unique_ptr<Disk> copy(std::uint64_t seed) const;

    struct Damage {
        std::uint64_t bytes_dropped = 0;
        std::uint64_t names_dropped = 0;
        std::uint64_t files_torn = 0;
    };
    [[nodiscard]] Damage damage() const;

    /// While it lives, calls are neither counted nor troubled: for a test that looks around.
    class Unwatched {
       public:
        explicit Unwatched(Disk& disk);
        ~Unwatched();
        Unwatched(const Unwatched&) = delete;
        Unwatched& operator=(const Unwatched&) = delete;

       private:
        Disk& disk_;
    };

   private:
    enum class Fate : unsigned char { works, refused, cut, troubled };

    Fate begin(Operation operation, std::string_view path);
    [[nodiscard]] int refusal(Fate fate);
    [[nodiscard]] std::size_t below(std::size_t limit);
    [[nodiscard]] File find(std::string_view path) const;
    [[nodiscard]] File parent_of(std::string_view path, std::string& name) const;
    int change(Operation operation, std::string_view path, const File& parent,
               Node::Entries entries);
    void flip_one(std::string& bytes, std::size_t from);
    void settle(Node& node);
    void settle_file(Node& file);
    void tear(std::string& bytes, std::size_t from);

    mutable std::mutex mutex_;
    std::mt19937_64 random_;
    File root_;
    std::string ignored_below_;
    bool stopped_ = false;
    bool full_ = false;
    int unwatched_ = 0;
    std::vector<Operation> operations_;
    std::optional<std::uint64_t> cut_at_;
    std::optional<std::uint64_t> trouble_at_;
    Trouble trouble_ = Trouble::io_error;
    std::optional<Met> met_;
    Damage damage_;
};

}  // namespace carecard::survival
