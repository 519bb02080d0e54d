#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace carecard::end_to_end {

/// Looks for texts that must not be anywhere, in every form in which a program might have written
/// them.
class LeakScan {
   public:
    /// A marker in one form.
    struct Needle {
        std::string name;  ///< For people: the marker's name and the form, never the text.
        std::string bytes;
    };

    /// A card number: ASCII, in groups, packed BCD, EBCDIC, UTF-16, base64, hexadecimal, per cent.
    void add_card_number(const std::string& name, std::string_view digits);
    /// Any other text: ASCII, UTF-16, base64, hexadecimal, per cent.
    void add_text(const std::string& name, std::string_view text);

    void scan(const std::string& where, std::string_view bytes);
    /// Scans the name and the bytes of every file below a directory.
    void scan_files(const std::string& directory);
    /// Scans every key and value of a RocksDB directory, whatever compression hides them.
    void scan_rows(const std::string& directory);

    /// Each place and what is there, once.
    [[nodiscard]] const std::vector<std::string>& found() const { return found_; }
    [[nodiscard]] const std::vector<Needle>& needles() const { return needles_; }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    [[nodiscard]] std::uint64_t files() const { return files_; }
    [[nodiscard]] std::uint64_t rows() const { return rows_; }

   private:
    void add(const std::string& name, const std::string& form, const std::string& bytes);
    void add_forms(const std::string& name, std::string_view text);

    std::vector<Needle> needles_;
    std::vector<std::string> found_;
    std::uint64_t bytes_ = 0;
    std::uint64_t files_ = 0;
    std::uint64_t rows_ = 0;
};

}  // namespace carecard::end_to_end
