package io.recthink.prompt;

import io.recthink.InvalidInputException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A text with named slots such as {@code {title}}. A line, or a part of a line between two {@code " | "}, is left out
 * when one of its slots is empty.
 */
final class SlotText {
    private static final Pattern SLOT = Pattern.compile("\\{([a-z_]+)}");
    private static final String SEPARATOR = " | ";

    private final List<List<String>> lines;

    private SlotText(List<List<String>> lines) {
        this.lines = lines;
    }

    /**
     * Reads a template.
     *
     * @param name the setting that contains the text, for messages
     * @param slots the slots that the text may use
     * @throws InvalidInputException when the text uses another slot
     */
    static SlotText of(String name, String text, Set<String> slots) {
        Matcher matcher = SLOT.matcher(text);
        while (matcher.find()) {
            if (!slots.contains(matcher.group(1))) {
                throw new InvalidInputException(name + ": there is no slot " + matcher.group() + "; use one of "
                        + new TreeSet<>(slots)
                                .stream().map(slot -> "{" + slot + "}").collect(Collectors.joining(" ")));
            }
        }
        return new SlotText(text.lines()
                .map(line -> List.of(line.split(Pattern.quote(SEPARATOR), -1)))
                .toList());
    }

    /** The text with its slots filled; a slot without a value is empty. Values are not changed. */
    String fill(Map<String, String> values) {
        return lines.stream()
                .map(parts -> parts.stream()
                        .filter(part -> SLOT.matcher(part).results().noneMatch(slot -> values.getOrDefault(
                                        slot.group(1), "")
                                .isEmpty()))
                        .toList())
                .filter(parts -> !parts.isEmpty())
                .map(parts -> SLOT.matcher(String.join(SEPARATOR, parts))
                        .replaceAll(slot -> Matcher.quoteReplacement(values.get(slot.group(1)))))
                .collect(Collectors.joining("\n"));
    }

    /**
     * The text before, between and after the slots, without blank parts.
     *
     * @param empty slots without a value: the parts of a line with these slots are left out
     */
    List<String> fixedParts(Set<String> empty) {
        String shown = lines.stream()
                .map(parts -> parts.stream()
                        .filter(part -> SLOT.matcher(part).results().noneMatch(slot -> empty.contains(slot.group(1))))
                        .toList())
                .filter(parts -> !parts.isEmpty())
                .map(parts -> String.join(SEPARATOR, parts))
                .collect(Collectors.joining("\n"));
        return SLOT.splitAsStream(shown).filter(part -> !part.isBlank()).toList();
    }
}
