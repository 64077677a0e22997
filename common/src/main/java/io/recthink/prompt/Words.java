package io.recthink.prompt;

import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Splits a text into words in lower case: runs of letters, marks and digits of any script, with the apostrophes within
 * them. In scripts without blanks between words, each character is a word.
 */
final class Words {
    /** The number of words in a row that count as a copy. */
    static final int RUN = 4;

    private static final String ALONE =
            "\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsThai}\\p{IsLao}\\p{IsKhmer}\\p{IsMyanmar}";
    private static final Pattern WORD =
            Pattern.compile("[" + ALONE + "]|[\\p{L}\\p{M}\\p{N}&&[^" + ALONE + "]]+(?:['’][\\p{L}\\p{M}]+)*");
    private static final Pattern TAG = Pattern.compile(Stream.of(Block.values())
            .flatMap(block -> Stream.of(block.open(), block.close()))
            .map(Pattern::quote)
            .collect(Collectors.joining("|")));

    private Words() {}

    /** The words of each part between two tags of the output grammar, in order; parts without words are left out. */
    static List<List<String>> of(String text) {
        return TAG.splitAsStream(text)
                .map(Words::in)
                .filter(words -> !words.isEmpty())
                .toList();
    }

    /** The words of a text without tags, in order. */
    static List<String> in(String text) {
        return WORD.matcher(text.toLowerCase(Locale.ROOT))
                .results()
                .map(MatchResult::group)
                .toList();
    }

    /** All sequences of {@link #RUN} words in a row, in order; none for fewer words. */
    static Stream<String> runs(List<String> words) {
        return IntStream.rangeClosed(0, words.size() - RUN)
                .mapToObj(from -> String.join(" ", words.subList(from, from + RUN)));
    }

    /** The 64-bit FNV-1a hash over UTF-16 units: small, and equal on every machine. */
    static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }
}
