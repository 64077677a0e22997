package io.recthink.prompt;

import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The words of a text: runs of letters, marks and digits of any script, in lower case. */
final class Words {
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+");
    private static final Pattern TAG = Pattern.compile(Stream.of(Block.values())
            .flatMap(block -> Stream.of(block.open(), block.close()))
            .map(Pattern::quote)
            .collect(Collectors.joining("|")));

    private Words() {}

    /** The words of each part between two tags of the output grammar, in order; parts without words are left out. */
    static List<List<String>> of(String text) {
        return TAG.splitAsStream(text)
                .map(part -> WORD.matcher(part.toLowerCase(Locale.ROOT))
                        .results()
                        .map(MatchResult::group)
                        .toList())
                .filter(words -> !words.isEmpty())
                .toList();
    }

    /** FNV-1a with 64 bits over UTF-16: equal on every machine and small to carry. */
    static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }
}
